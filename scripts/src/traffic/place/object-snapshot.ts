import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { unlessFailedWith } from "../../adapters/command.ts";
import { NO_SUCH_KIND } from "../../adapters/kubectl.ts";
import { ROUTES } from "../../domain/gateway-api.ts";
import { TRAFFIC_RELEASE } from "../../domain/workload.ts";

/** The kinds whose specs a shift must never change, apart from the objects of echo-traffic itself. */
const KINDS = ["deployments", "replicasets", "services", "ingresses", "horizontalpodautoscalers"];

const Owner = v.object({ kind: v.string(), name: v.string() });
const KubernetesObject = v.object({
  kind: v.string(),
  metadata: v.object({
    name: v.string(),
    uid: v.string(),
    /** Counts the changes of the spec. Services and autoscalers have none. */
    generation: v.optional(v.number()),
    labels: v.optional(v.record(v.string(), v.string()), {}),
    ownerReferences: v.optional(v.array(Owner), []),
  }),
  spec: v.record(v.string(), v.unknown()),
});
export type KubernetesObject = v.InferOutput<typeof KubernetesObject>;

/** The objects of the namespace, without those of the chart echo-traffic: a GitOps tool may change their label `instance`. */
export async function takeObjects({ kubectl, namespace }: Cluster): Promise<KubernetesObject[]> {
  const list = (kinds: string) => kubectl.list(KubernetesObject, [kinds, "-n", namespace]);
  const [objects, routes = []] = await Promise.all([
    list(KINDS.join(",")),
    // A cluster without the Gateway API has none.
    unlessFailedWith(NO_SUCH_KIND, list(ROUTES)),
  ]);
  return [...objects, ...routes].filter(
    ({ metadata }) => metadata.labels["app.kubernetes.io/name"] !== TRAFFIC_RELEASE,
  );
}

/** The names of the workloads that an autoscaler scales. */
export function autoscaledNames(objects: readonly KubernetesObject[]): Set<string> {
  const targets = objects
    .filter(({ kind }) => kind === "HorizontalPodAutoscaler")
    .map(({ spec }) => v.safeParse(Owner, spec.scaleTargetRef));
  return new Set(targets.flatMap((target) => (target.success ? [target.output.name] : [])));
}

/** The differences of the objects between two moments. An autoscaler changes its workload's `replicas` and nothing else. */
export function compareObjects(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): { moved: string[]; scaled: string[] } {
  const autoscaled = autoscaledNames(after);
  const moved: string[] = [];
  const scaled: string[] = [];
  const later = new Map(after.map((object) => [object.metadata.uid, object]));
  for (const object of before) {
    const now = later.get(object.metadata.uid);
    later.delete(object.metadata.uid);
    const change = now ? changeOf(object, now) : "is gone";
    if (change === undefined) continue;
    const byAutoscaler = now && isAutoscaled(now, autoscaled) && isDeepStrictEqual(rest(object), rest(now));
    (byAutoscaler ? scaled : moved).push(`${title(object)} ${change}`);
  }
  for (const object of later.values()) moved.push(`${title(object)} is new`);
  return { moved, scaled };
}

/** `3 Deployments, 2 Services`, sorted by kind. */
export function describeObjects(objects: readonly KubernetesObject[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([kind, count]) => `${count} ${plural(kind, count)}`)
    .join(", ");
}

function changeOf(before: KubernetesObject, now: KubernetesObject): string | undefined {
  const fields = [...new Set([...Object.keys(before.spec), ...Object.keys(now.spec)])].filter(
    (field) => !isDeepStrictEqual(before.spec[field], now.spec[field]),
  );
  const generations = [before.metadata.generation, now.metadata.generation];
  if (fields.length > 0) return `has another spec: ${fields.join(", ")}`;
  return generations[0] === generations[1]
    ? undefined
    : `has generation ${generations[1]}, before ${generations[0]}`;
}

function isAutoscaled({ metadata }: KubernetesObject, autoscaled: ReadonlySet<string>): boolean {
  return [metadata, ...metadata.ownerReferences].some(({ name }) => autoscaled.has(name));
}

/** A spec without the number of pods. */
function rest({ spec }: KubernetesObject): Record<string, unknown> {
  return { ...spec, replicas: undefined };
}

function title({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name}`;
}

function plural(kind: string, count: number): string {
  if (count === 1) return kind;
  return kind.endsWith("s") ? `${kind}es` : `${kind}s`;
}
