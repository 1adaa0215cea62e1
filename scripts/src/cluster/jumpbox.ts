import * as v from "valibot";
import { CommandError, type CommandOptions } from "../adapters/command.ts";
import type { Kubectl } from "../adapters/kubectl.ts";
import { UserError } from "../errors.ts";

/** The chapter's pod inside the cluster, from which everything is looked at. */
const NAME = "jumpbox";
const NAMESPACE = "default";
const IMAGE = "nginx";
const WAIT = "--timeout=180s";

const Pod = v.object({
  metadata: v.object({ deletionTimestamp: v.optional(v.string()) }),
  status: v.object({ phase: v.string() }),
});

export type Jumpbox = ReturnType<typeof createJumpbox>;

export function createJumpbox(kubectl: Kubectl) {
  /** Makes the pod exist and be ready; tells whether it had to be created. */
  const ensure = async (): Promise<"created" | "unchanged"> => {
    const pod = await kubectl.find(Pod, ["pod", NAME, "-n", NAMESPACE]);
    if (pod?.metadata.deletionTimestamp !== undefined) {
      await kubectl.run(["wait", "-n", NAMESPACE, "--for=delete", `pod/${NAME}`, WAIT]);
      return ensure();
    }
    if (pod && pod.status.phase !== "Running" && pod.status.phase !== "Pending")
      throw new UserError(
        `the pod ${NAME} in namespace ${NAMESPACE} is ${pod.status.phase}: remove it (kubectl delete pod ${NAME}) and try again`,
      );
    if (!pod) await kubectl.run(["run", NAME, "-n", NAMESPACE, `--image=${IMAGE}`]);
    await kubectl.run([...["wait", "-n", NAMESPACE, "--for=condition=Ready", `pod/${NAME}`, WAIT]]);
    return pod ? "unchanged" : "created";
  };

  const execOnce = (command: readonly string[], options?: CommandOptions) =>
    kubectl.exec(NAMESPACE, NAME, command, options);

  /** Runs a command that may run twice: where it fails because the pod is gone, in a pod made anew. */
  const exec = async (command: readonly string[], options?: CommandOptions): Promise<string> => {
    try {
      return await execOnce(command, options);
    } catch (error) {
      if (!(error instanceof CommandError) || options?.signal?.aborted) throw error;
      if ((await ensure()) === "unchanged") throw error;
      return execOnce(command, options);
    }
  };

  return {
    ensure,
    exec,
    execOnTerminal: (command: readonly string[]) => kubectl.execOnTerminal(NAMESPACE, NAME, command),

    /** Runs a command that goes on until `signal` ends it, or until its stdin closes with this process. */
    stream: async (command: readonly string[], onLine: (line: string) => void, signal: AbortSignal) => {
      try {
        await execOnce(command, { openStdin: true, onLine, signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },

    /** The body that a URL answers, whatever its status; undefined where there is no answer. */
    curl: async (url: string): Promise<string | undefined> => {
      try {
        return await exec(["curl", "-sS", "--max-time", "5", url]);
      } catch (error) {
        if (error instanceof CommandError && error.stderr.includes("curl:")) return undefined;
        throw error;
      }
    },

    remove: () => kubectl.run(["delete", "pod", NAME, "-n", NAMESPACE, "--ignore-not-found"]),
  };
}
