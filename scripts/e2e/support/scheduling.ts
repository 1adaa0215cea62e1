// A pod that the node cannot hold stays Pending, and whatever waits for it runs into its limit minutes later. Every wait
// for pods runs inside `whilePodsFit`, which fails at once instead, with the scheduler's message.
import { setTimeout as pause } from "node:timers/promises";
import * as v from "valibot";
import { CommandError } from "../../src/adapters/command.ts";
import { createKubectl } from "../../src/adapters/kubectl.ts";
import { millicores } from "../../src/observe/scale.ts";
import { eventually } from "./limits.ts";
import { NAMESPACE } from "./system.ts";

const POLL_MS = 2000;
/** Tries each call once. */
const kubectl = createKubectl({ retryMs: 0 });

const Container = v.object({
  resources: v.optional(
    v.object({ requests: v.optional(v.object({ cpu: v.optional(v.string(), "0") }), {}) }),
    {},
  ),
});
const Pod = v.object({
  metadata: v.object({
    name: v.string(),
    namespace: v.string(),
    labels: v.optional(v.record(v.string(), v.string()), {}),
    deletionTimestamp: v.optional(v.string()),
  }),
  spec: v.object({ nodeName: v.optional(v.string()), containers: v.array(Container) }),
  status: v.object({
    phase: v.string(),
    conditions: v.optional(
      v.array(v.object({ type: v.string(), status: v.string(), message: v.optional(v.string(), "") })),
      [],
    ),
  }),
});
const Node = v.object({
  metadata: v.object({ name: v.string() }),
  status: v.object({ allocatable: v.object({ cpu: v.string() }) }),
});
const Pods = v.object({ items: v.array(Pod) });
const Nodes = v.object({ items: v.array(Node) });
export type Pod = v.InferOutput<typeof Pod>;
export type Node = v.InferOutput<typeof Node>;

/**
 * Runs work that waits for pods.
 * @param work ends when its signal aborts
 * @throws {Error} as soon as the scheduler refuses a pod of the tests for good, with its message and what holds the CPU
 */
export async function whilePodsFit<T>(work: (signal: AbortSignal) => PromiseLike<T>): Promise<T> {
  const refused = new AbortController();
  const done = new AbortController();
  const working = work(refused.signal);
  const watching = watch(done.signal).catch((error: unknown) => refused.abort(error));
  try {
    const result = await working;
    refused.signal.throwIfAborted();
    return result;
  } catch (error) {
    throw refused.signal.aborted ? refused.signal.reason : error;
  } finally {
    done.abort();
    await watching;
  }
}

/** Waits, as `eventually` does, for something that pods must bring about. */
export function eventuallyPods<T>(
  expected: string | (() => string),
  check: () => Promise<T | undefined>,
): Promise<T> {
  return whilePodsFit((signal) => eventually(expected, check, { signal }));
}

/** @throws {Error} when a pod cannot be scheduled */
async function watch(done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    await pause(POLL_MS, undefined, { signal: done }).catch(() => undefined);
    const problem = done.aborted ? undefined : await findRefusal();
    if (problem !== undefined) throw new Error(problem);
  }
}

async function findRefusal(): Promise<string | undefined> {
  const all = ["pods", "--all-namespaces"];
  try {
    const pending = await kubectl.get(Pods, [...all, "--field-selector=status.phase=Pending"]);
    if (!pending.items.some((pod) => isOurs(pod) && refusalOf(pod) !== undefined)) return undefined;
    const [pods, nodes] = await Promise.all([kubectl.get(Pods, all), kubectl.get(Nodes, ["nodes"])]);
    return describeRefusal(pods.items, nodes.items);
  } catch (error) {
    // An API server that is away is the work's own problem.
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** Why a pod of the tests will stay unscheduled, and what holds the CPU; undefined if each pod has a chance. */
export function describeRefusal(pods: readonly Pod[], nodes: readonly Node[]): string | undefined {
  const scheduled = pods.filter(
    ({ spec, status }) => spec.nodeName !== undefined && !/Succeeded|Failed/.test(status.phase),
  );
  // A pod that terminates makes room soon.
  if (scheduled.some(({ metadata }) => metadata.deletionTimestamp !== undefined)) return undefined;
  const refused = pods.find(
    (pod) => isOurs(pod) && refusalOf(pod) !== undefined && !fits(pod, scheduled, nodes),
  );
  if (!refused) return undefined;
  const { namespace, name } = refused.metadata;
  return [
    `The pod ${namespace}/${name} cannot be scheduled: ${refusalOf(refused)}`,
    `It requests ${cpuOf(refused)}m of CPU. The nodes have ${total(nodes.map(allocatable))}m, requested by:`,
    ...describeRequests(scheduled),
  ].join("\n");
}

function isOurs({ metadata: { namespace } }: Pod): boolean {
  return namespace.startsWith(NAMESPACE);
}

/** The scheduler's message; undefined if it has not refused the pod. */
function refusalOf({ metadata, status: { conditions } }: Pod): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return undefined;
  return conditions.find(({ type, status }) => type === "PodScheduled" && status === "False")?.message;
}

/** Whether a node has enough CPU by now: a pod has just left, and the scheduler will try again. */
function fits(pod: Pod, scheduled: readonly Pod[], nodes: readonly Node[]): boolean {
  if (!refusalOf(pod)?.includes("Insufficient cpu")) return false;
  return nodes.some((node) => {
    const own = scheduled.filter(({ spec }) => spec.nodeName === node.metadata.name);
    return total(own.map(cpuOf)) + cpuOf(pod) <= allocatable(node);
  });
}

/** One line for each workload, the largest first. */
function describeRequests(pods: readonly Pod[]): string[] {
  const workloads = Map.groupBy(
    pods.filter((pod) => cpuOf(pod) > 0),
    ({ metadata: { namespace, labels, name } }) => `${namespace}/${labels.app ?? name}`,
  );
  return Array.from(workloads, ([workload, own]) => ({ workload, own, cpu: total(own.map(cpuOf)) }))
    .toSorted((a, b) => b.cpu - a.cpu)
    .map(({ workload, own, cpu }) => `  ${cpu}m  ${workload} (${own.length} pods)`);
}

/** The CPU that a pod requests, in millicores. */
function cpuOf({ spec }: Pod): number {
  return total(spec.containers.map(({ resources }) => millicores(resources.requests.cpu ?? "0")));
}

function allocatable({ status }: Node): number {
  return millicores(status.allocatable.cpu);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
