import * as v from "valibot";
import { CommandError, type CommandOptions, run, runOnTerminal } from "./command.ts";
import { parseJson } from "./json.ts";
import { PATIENCE_MS, patiently } from "./patience.ts";

export type Kubectl = ReturnType<typeof createKubectl>;

/**
 * kubectl against one context of the kubeconfig (the current one when undefined). While the API server is away, calls
 * are made again for `patienceMs`; 0 makes each once, for 5 s at most.
 */
export function createKubectl(context?: string, patienceMs = PATIENCE_MS) {
  const global = [
    ...(context ? ["--context", context] : []),
    ...(patienceMs === 0 ? ["--request-timeout=5s"] : []),
  ];
  const once = (args: readonly string[], options?: CommandOptions) =>
    run("kubectl", [...global, ...args], options);
  const kubectl = (args: readonly string[], options: CommandOptions = {}) =>
    options.onLine ? once(args, options) : patiently(() => once(args, options), patienceMs, options.signal);

  return {
    run: kubectl,

    /** @throws {CommandError} when there is no kubectl */
    clientVersion: () => once(["version", "--client"], { timeout: 15_000 }),

    /** @throws {CommandError} when the cluster does not answer */
    reachCluster: () => once(["get", "--raw", "/readyz", "--request-timeout=10s"], { timeout: 15_000 }),

    /** What `kubectl get … -o json` answers, read against `schema`. */
    get: async <const S extends v.GenericSchema>(schema: S, args: readonly string[]) =>
      parseJson(`kubectl get ${args.join(" ")}`, schema, await kubectl(["get", ...args, "-o", "json"])),

    /** Like `get`, undefined where the object does not exist. */
    find: async <const S extends v.GenericSchema>(schema: S, args: readonly string[]) => {
      const text = await kubectl(["get", ...args, "--ignore-not-found", "-o", "json"]);
      return text === "" ? undefined : parseJson(`kubectl get ${args.join(" ")}`, schema, text);
    },

    /** Creates or updates what a manifest says. */
    apply: (manifest: object) => kubectl(["apply", "-f", "-"], { input: JSON.stringify(manifest) }),

    /** Creates what a manifest says; false where it already exists. */
    create: async (manifest: object): Promise<boolean> => {
      try {
        await kubectl(["create", "-f", "-"], { input: JSON.stringify(manifest) });
        return true;
      } catch (error) {
        if (error instanceof CommandError && error.stderr.includes("AlreadyExists")) return false;
        throw error;
      }
    },

    /** Replaces an object; false where it has changed since the `resourceVersion` given in the manifest. */
    replace: async (manifest: object): Promise<boolean> => {
      try {
        await kubectl(["replace", "-f", "-"], { input: JSON.stringify(manifest) });
        return true;
      } catch (error) {
        if (error instanceof CommandError && error.stderr.includes("Conflict")) return false;
        throw error;
      }
    },

    exec: (namespace: string, pod: string, command: readonly string[], options?: CommandOptions) =>
      kubectl(
        [
          "exec",
          ...(options?.input !== undefined || options?.openStdin ? ["-i"] : []),
          "-n",
          namespace,
          pod,
          "--",
          ...command,
        ],
        options,
      ),

    /** Runs a command in a pod on this terminal; returns its exit code. */
    execOnTerminal: (namespace: string, pod: string, command: readonly string[]) => {
      const interactive = process.stdin.isTTY && process.stdout.isTTY ? ["-it"] : [];
      return runOnTerminal("kubectl", [
        ...global,
        ...["exec", ...interactive, "-n", namespace, pod, "--"],
        ...command,
      ]);
    },
  };
}
