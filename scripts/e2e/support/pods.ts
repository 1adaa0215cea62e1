import * as v from "valibot";
import { CommandError } from "../../src/adapters/command.ts";
import type { Color } from "../../src/domain/color.ts";
import { eventually, HANG_MS } from "./limits.ts";
import { runProgram } from "./program.ts";
import { eventuallyPods, whilePodsFit } from "./scheduling.ts";
import { cluster, NAMESPACE } from "./system.ts";

/** Pods of each backend: with two, the loss of one need not lose a request. */
export const REPLICAS = 2;
const WAIT = `--timeout=${HANG_MS / 1000}s`;
const { kubectl } = cluster;

const Pods = v.object({
  items: v.array(
    v.object({ metadata: v.object({ name: v.string(), deletionTimestamp: v.optional(v.string()) }) }),
  ),
});

async function listPods(app: string) {
  const { items } = await kubectl.get(Pods, ["pods", "-n", NAMESPACE, "-l", `app=${app}`]);
  return items.map(({ metadata: { name, deletionTimestamp } }) => ({
    name,
    terminates: deletionTimestamp !== undefined,
  }));
}

/** The names of a workload's pods. Those that terminate may be gone at the next call, so they are left out. */
export async function podsOfApp(app: string): Promise<string[]> {
  const pods = await listPods(app);
  return pods.filter(({ terminates }) => !terminates).map(({ name }) => name);
}

/** The name of one of a workload's pods. @throws {Error} if it has none */
export async function podOf(app: string): Promise<string> {
  const [pod] = await podsOfApp(app);
  if (!pod) throw new Error(`Missing pod of ${app}`);
  return pod;
}

/** The names of a backend's pods, without those that terminate. */
export function podsOf(color: Color): Promise<string[]> {
  return podsOfApp(`echo-backend-${color}`);
}

/** Waits until a Deployment has only ready pods of its newest template. */
export async function rolledOut(deployment: string): Promise<void> {
  const args = ["rollout", "status", `deployment/${deployment}`, "-n", NAMESPACE, WAIT];
  await whilePodsFit((signal) => kubectl.run(args, { signal }));
}

/** Waits until a pod is ready. */
export async function podReady(pod: string, namespace = NAMESPACE): Promise<void> {
  const args = ["wait", "-n", namespace, "--for=condition=Ready", `pod/${pod}`, WAIT];
  await whilePodsFit((signal) => kubectl.run(args, { signal }));
}

/** Waits until no pod of a workload terminates any more: a draining pod still serves requests. */
export async function oldPodsGone(app: string): Promise<void> {
  await eventuallyPods(`no terminating pod of ${app}`, async () => {
    const pods = await listPods(app);
    return !pods.some(({ terminates }) => terminates) || undefined;
  });
}

/** Changes the number of pods of a Deployment, without a wait. */
export async function scale(deployment: string, replicas: number): Promise<void> {
  await kubectl.run(["scale", `deployment/${deployment}`, "-n", NAMESPACE, `--replicas=${replicas}`]);
}

/** Kills all pods of a backend without a drain, and lets none come back. */
export async function kill(color: Color): Promise<void> {
  await scale(`echo-backend-${color}`, 0);
  const flags = ["--force", "--grace-period=0", "--ignore-not-found"];
  await kubectl.run(["delete", "pods", "-n", NAMESPACE, "-l", `app=echo-backend-${color}`, ...flags]);
}

/** Starts the pods of a backend again after `kill`. */
export async function revive(color: Color): Promise<void> {
  await scale(`echo-backend-${color}`, REPLICAS);
  await rolledOut(`echo-backend-${color}`);
}

/** Deletes a pod by force. */
export async function remove(pod: string, namespace = NAMESPACE): Promise<void> {
  await kubectl.run(["delete", "pod", pod, "-n", namespace, "--force", "--grace-period=0"]);
}

/** Evicts a pod as a node's drain does: it repeats the request while the disruption budget refuses it. */
export async function evict(pod: string): Promise<void> {
  const eviction = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name: pod, namespace: NAMESPACE },
  };
  const path = `/api/v1/namespaces/${NAMESPACE}/pods/${pod}/eviction`;
  await eventuallyPods(`the disruption budget lets ${pod} go`, async () => {
    try {
      await kubectl.run(["create", "--raw", path, "-f", "-"], { input: JSON.stringify(eviction) });
      return true;
    } catch (error) {
      if (error instanceof CommandError && error.stderr.includes("disruption budget")) return undefined;
      throw error;
    }
  });
}

/** Ends the process of a pod as SIGKILL does. Its debugger must be open. */
export async function crash(pod: string): Promise<void> {
  const before = await restartsOf(pod);
  try {
    await runProgram(pod, "crash-program");
  } catch (error) {
    // The program in the container ends with it.
    if (!(error instanceof CommandError)) throw error;
  }
  await eventually(`a restart of ${pod}`, async () => (await restartsOf(pod)) > before || undefined);
}

const Restarts = v.object({
  status: v.object({ containerStatuses: v.tuple([v.object({ restartCount: v.number() })]) }),
});

/** How often the container of a pod was restarted. */
export async function restartsOf(pod: string): Promise<number> {
  const { status } = await kubectl.get(Restarts, ["pod", pod, "-n", NAMESPACE]);
  return status.containerStatuses[0].restartCount;
}
