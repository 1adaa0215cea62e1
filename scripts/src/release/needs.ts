import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { type KubeObject, nameOf } from "../domain/kube-object.ts";
import { readQuantity } from "../domain/quantity.ts";
import { Deployment, leastReplicas, objectsIn } from "./restore.ts";

/** A helm release that is about to change. */
export interface Rollout {
  /** The manifest that it will have. */
  wanted: string;
}

/** Amounts by resource, as a quota names them: `pods`, `requests.cpu`. */
export type Amounts = ReadonlyMap<string, number>;

const Resources = v.nullish(v.record(v.string(), v.union([v.string(), v.number()])), {});
const Container = v.looseObject({
  resources: v.nullish(v.looseObject({ requests: Resources, limits: Resources }), {}),
});
const PodSpec = v.looseObject({ containers: v.array(Container) });
type PodSpec = v.InferOutput<typeof PodSpec>;
const Pod = v.object({
  metadata: v.object({ name: v.string(), labels: v.optional(v.record(v.string(), v.string()), {}) }),
  spec: PodSpec,
  status: v.object({ phase: v.string() }),
});
type Pod = v.InferOutput<typeof Pod>;
const Service = v.looseObject({
  kind: v.literal("Service"),
  spec: v.looseObject({ type: v.optional(v.string()), ports: v.optional(v.array(v.unknown())) }),
});

/** The resource of each kind in the charts that a quota is likely to count. */
const COUNTED: Readonly<Record<string, string>> = {
  Deployment: "deployments.apps",
  PodDisruptionBudget: "poddisruptionbudgets.policy",
  HorizontalPodAutoscaler: "horizontalpodautoscalers.autoscaling",
  Service: "services",
};

/** What a release needs at most, beyond what the namespace uses now. Helm deploys one workload after the other. */
export async function findNeeds(rollouts: readonly Rollout[], cluster: Cluster): Promise<Amounts> {
  const { kubectl, namespace, jumpbox } = cluster;
  const pods = await kubectl.list(Pod, ["pods", "-n", namespace]);
  const running = pods.filter(({ status }) => !/Succeeded|Failed/.test(status.phase));
  let growth: Amounts = new Map();
  let most: Amounts = new Map();
  for (const { wanted } of rollouts) {
    const objects = objectsIn(wanted);
    const existing = new Set((await kubectl.findAll(namespace, objects)).map(nameOf));
    // helm keeps the revision in a Secret.
    growth = sum([growth, countOf(objects.filter((each) => !existing.has(nameOf(each)))), one("secrets")]);
    for (const deployment of objects.filter((each) => v.is(Deployment, each))) {
      const { grown, surge } = needsOf(deployment, objects, running);
      growth = sum([growth, grown]);
      most = highest(most, sum([growth, surge]));
    }
  }
  const { metadata, spec } = jumpbox.manifest;
  const exists = running.some((pod) => pod.metadata.name === metadata.name);
  const comes = metadata.namespace === namespace && !exists ? [usageOf(spec)] : [];
  return highest(most, sum([growth, ...comes]));
}

/** What a Deployment needs when its rollout has ended, and for the one pod that the rollout adds meanwhile. */
function needsOf(
  deployment: v.InferOutput<typeof Deployment>,
  objects: readonly KubeObject[],
  running: readonly Pod[],
): { grown: Amounts; surge: Amounts } {
  const own = running.filter(({ metadata }) => metadata.labels["app"] === deployment.metadata.name);
  const before = sum(own.map(({ spec }) => usageOf(spec)));
  const pod = usageOf(v.parse(PodSpec, deployment.spec.template["spec"]));
  const replicas = leastReplicas(deployment, objects);
  const grown = Array.from(pod, ([resource, amount]) => {
    const more = amount * replicas - (before.get(resource) ?? 0);
    return [resource, Math.max(0, more)] as const;
  });
  return { grown: new Map(grown), surge: own.length > 0 ? pod : new Map() };
}

/** The pods that a release would create, one of each Deployment. */
export function podsOf({ wanted }: Rollout): { name: string; template: object; usage: Amounts }[] {
  return objectsIn(wanted)
    .filter((each) => v.is(Deployment, each))
    .map(({ metadata: { name }, spec: { template } }) => ({
      name,
      template,
      usage: usageOf(v.parse(PodSpec, template["spec"])),
    }));
}

/** What a pod takes of a quota. A container without a request has its limit as the request. */
function usageOf({ containers }: PodSpec): Amounts {
  const all = containers.flatMap(({ resources }) => [
    amountsOf("requests.", { ...resources?.limits, ...resources?.requests }),
    amountsOf("limits.", { ...resources?.limits }),
  ]);
  return sum([one("pods"), ...all]);
}

function amountsOf(prefix: string, resources: Readonly<Record<string, string | number>>): Amounts {
  const all = Object.entries(resources);
  return new Map(all.map(([name, amount]) => [prefix + name, readQuantity(String(amount))]));
}

/** New objects, as quotas count them. */
function countOf(objects: readonly KubeObject[]): Amounts {
  return sum(
    objects.flatMap((object) => {
      const counted = COUNTED[object.kind];
      return [
        ...(counted === undefined ? [] : [one(counted)]),
        ...(v.is(Service, object) ? [openPortsOf(object)] : []),
      ];
    }),
  );
}

function openPortsOf({ spec: { type = "ClusterIP", ports = [] } }: v.InferInput<typeof Service>): Amounts {
  const isOpen = type === "NodePort" || type === "LoadBalancer";
  return new Map([
    ["services.nodeports", isOpen ? ports.length : 0],
    ["services.loadbalancers", type === "LoadBalancer" ? 1 : 0],
  ]);
}

function one(resource: string): Amounts {
  return new Map([[resource, 1]]);
}

function sum(all: readonly Amounts[]): Amounts {
  const total = new Map<string, number>();
  for (const amounts of all)
    for (const [resource, amount] of amounts) total.set(resource, (total.get(resource) ?? 0) + amount);
  return total;
}

/** The higher amount of each resource. */
function highest(a: Amounts, b: Amounts): Amounts {
  const most = new Map(a);
  for (const [resource, amount] of b) most.set(resource, Math.max(amount, most.get(resource) ?? 0));
  return most;
}
