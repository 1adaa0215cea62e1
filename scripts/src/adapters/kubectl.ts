import * as v from "valibot";
import { type CommandOptions, parseJson, run, runOnTerminal, unlessFailedWith } from "./command.ts";
import { PATIENCE_MS, patiently } from "./patience.ts";

export type Kubectl = ReturnType<typeof createKubectl>;

export interface KubectlOptions {
  /** Default: the current context of the kubeconfig. */
  context?: string | undefined;
  /** How long calls are retried while the API server is away, in ms. 0: no retry, and 5 s at most. Default: a minute. */
  patienceMs?: number;
  /** Terminates each call that has no signal of its own. Default: calls go on after an interruption. */
  signal?: AbortSignal | undefined;
}

/** kubectl in one context. */
export function createKubectl({ context, patienceMs = PATIENCE_MS, signal }: KubectlOptions = {}) {
  const global = [
    ...(context ? ["--context", context] : []),
    ...(patienceMs === 0 ? ["--request-timeout=5s"] : []),
  ];
  const once = (args: readonly string[], options: CommandOptions = {}) =>
    run("kubectl", [...global, ...args], { signal, ...options });
  const kubectl = (args: readonly string[], options: CommandOptions = {}) =>
    options.onLine
      ? once(args, options)
      : patiently(() => once(args, options), patienceMs, options.signal ?? signal);
  /** Sends a manifest. @returns false if kubectl fails with the message `refusal` */
  const send = async (verb: "create" | "replace", manifest: object, refusal: RegExp): Promise<boolean> => {
    const sent = kubectl([verb, "-f", "-"], { input: JSON.stringify(manifest) });
    return (await unlessFailedWith(refusal, sent)) !== undefined;
  };
  /** The output of `kubectl get … -o json`, read with `schema`. */
  const get = async <const S extends v.GenericSchema>(schema: S, args: readonly string[]) =>
    parseJson(`kubectl get ${args.join(" ")}`, schema, await kubectl(["get", ...args, "-o", "json"]));

  return {
    run: kubectl,

    /** @throws {CommandError} if kubectl is not installed */
    clientVersion: () => once(["version", "--client"], { timeout: 15_000 }),

    /** @throws {CommandError} if the cluster does not answer */
    reachCluster: () => once(["get", "--raw", "/readyz", "--request-timeout=10s"], { timeout: 15_000 }),

    get,

    /** Like `get`, for a list. @returns its items */
    list: async <const S extends v.GenericSchema>(item: S, args: readonly string[]) =>
      (await get(v.object({ items: v.array(item) }), args)).items,

    /** Like `get`; undefined if the object does not exist. */
    find: async <const S extends v.GenericSchema>(schema: S, args: readonly string[]) => {
      const text = await kubectl(["get", ...args, "--ignore-not-found", "-o", "json"]);
      return text === "" ? undefined : parseJson(`kubectl get ${args.join(" ")}`, schema, text);
    },

    apply: (manifest: object) => kubectl(["apply", "-f", "-"], { input: JSON.stringify(manifest) }),

    /** Creates an object. @returns false if it already exists */
    create: (manifest: object) => send("create", manifest, /^Error from server \(AlreadyExists\): /m),

    /** Replaces an object. @returns false if it has changed since the manifest's `resourceVersion` */
    replace: (manifest: object) => send("replace", manifest, /^Error from server \(Conflict\): /m),

    exec: (namespace: string, pod: string, command: readonly string[], options: CommandOptions = {}) => {
      const stdin = options.input !== undefined || options.stdin ? ["-i"] : [];
      return kubectl(["exec", ...stdin, "-n", namespace, pod, "--", ...command], options);
    },

    /** Runs a command in a pod on this terminal. @returns its exit code */
    execOnTerminal: (namespace: string, pod: string, command: readonly string[]) => {
      const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["-it"] : [];
      const exec = ["exec", ...terminal, "-n", namespace, pod, "--", ...command];
      return runOnTerminal("kubectl", [...global, ...exec], signal);
    },
  };
}
