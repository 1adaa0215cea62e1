import { execa } from "execa";
import * as v from "valibot";
import { openCluster } from "../../src/adapters/cluster.ts";
import { serviceUrl } from "../../src/domain/workload.ts";
import { ROOT } from "../../src/lib/paths.ts";
import { waitFor } from "../../src/lib/wait.ts";

/** A namespace of the tests' own, so that a learner's `demos` stays as it is. */
export const NAMESPACE = "echo-e2e";

export const cluster = openCluster({ namespace: NAMESPACE });
export const registry = process.env.EKS_ECR_REGISTRY ?? "";

export interface Result {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** Runs a command of the project as `pnpm <args>` does, in the tests' namespace. */
export function cli(...args: string[]): Promise<Result> {
  const [command = "", ...rest] = args;
  return cliWith([command, "--namespace", NAMESPACE, ...rest]);
}

/** Like `cli`, with every argument given, and a changed environment. */
export async function cliWith(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  const { exitCode, stdout, stderr } = await start(args, env);
  return { exitCode, stdout, stderr };
}

/** Starts a command of the project, to do something while it runs. */
export function start(args: readonly string[], env: Record<string, string> = {}) {
  return execa(process.execPath, [`${ROOT}scripts/src/main.ts`, ...args], {
    reject: false,
    stdin: "ignore",
    env,
  });
}

/** The URL of a Service in the tests' namespace. */
export function url(service: string): string {
  return serviceUrl(service, NAMESPACE);
}

/** Bodies of `count` requests from the jumpbox over one connection. */
export async function ask(target: string, count = 1): Promise<string[]> {
  const output = await cluster.jumpbox.exec(["curl", "-sS", "--max-time", "120", `${target}/?[1-${count}]`]);
  return output.split("\n");
}

const Pods = v.object({
  items: v.array(v.object({ metadata: v.object({ deletionTimestamp: v.optional(v.string()) }) })),
});

/** Waits until a workload has no pod left that is on its way out: those still answer while they drain. */
export async function oldPodsGone(app: string): Promise<void> {
  const gone = await waitFor(
    async () => {
      const { items } = await cluster.kubectl.get(Pods, ["pods", "-n", NAMESPACE, "-l", `app=${app}`]);
      return items.every(({ metadata }) => metadata.deletionTimestamp === undefined) || undefined;
    },
    { timeoutMs: 60_000 },
  );
  if (!gone) throw new Error(`old pods of ${app} are still there after a minute`);
}
