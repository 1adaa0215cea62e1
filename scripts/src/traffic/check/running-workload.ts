import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { podUrl, Ports } from "../../domain/pod.ts";

/** What runs of a workload in a cluster. */
export interface RunningWorkload {
  /** The number of pods that its Deployment wants. */
  wanted: number;
  /** The ready pods. Users reach these, and no others. */
  pods: readonly ReadyPod[];
  /** Undefined without an autoscaler. */
  autoscaler: Autoscaler | undefined;
}

export interface ReadyPod {
  name: string;
  /** Of its echo port. */
  url: string;
}

export interface Autoscaler {
  name: string;
  maxReplicas: number;
  /** Whether the workload's own chart has created it. */
  fromChart: boolean;
  /** Why it cannot scale now, as Kubernetes says; undefined if it can, or if that is not known yet. */
  problem: string | undefined;
}

const Deployment = v.object({
  kind: v.literal("Deployment"),
  metadata: v.object({ name: v.string() }),
  spec: v.object({ replicas: v.optional(v.number(), 1) }),
});
const Condition = v.object({
  type: v.string(),
  status: v.string(),
  reason: v.optional(v.string(), "unknown reason"),
});
const Pod = v.object({
  kind: v.literal("Pod"),
  metadata: v.object({ name: v.string(), deletionTimestamp: v.optional(v.string()) }),
  spec: v.object({ containers: v.array(v.object({ ports: Ports })) }),
  status: v.object({ podIP: v.optional(v.string()), conditions: v.optional(v.array(Condition), []) }),
});
const HorizontalPodAutoscaler = v.object({
  metadata: v.object({ name: v.string(), labels: v.optional(v.record(v.string(), v.string()), {}) }),
  spec: v.object({
    maxReplicas: v.number(),
    scaleTargetRef: v.object({ kind: v.string(), name: v.string() }),
  }),
  status: v.optional(v.object({ conditions: v.nullish(v.array(Condition)) })),
});

/** What runs of a workload; undefined if it has no Deployment. */
export async function readWorkload(
  name: string,
  { kubectl, namespace }: Cluster,
): Promise<RunningWorkload | undefined> {
  const at = ["-n", namespace];
  const [items, autoscalers] = await Promise.all([
    kubectl.list(v.variant("kind", [Deployment, Pod]), ["deployments,pods", ...at, "-l", `app=${name}`]),
    // An autoscaler that someone has created by hand has no labels.
    kubectl.list(HorizontalPodAutoscaler, ["horizontalpodautoscalers", ...at]),
  ]);
  const deployment = items.filter((item) => item.kind === "Deployment").find(isNamed(name));
  if (!deployment) return undefined;
  const autoscaler = autoscalers.find(
    ({ spec: { scaleTargetRef } }) => scaleTargetRef.kind === "Deployment" && scaleTargetRef.name === name,
  );
  return {
    wanted: deployment.spec.replicas,
    pods: items.filter((item) => item.kind === "Pod").flatMap(readyPod),
    autoscaler: autoscaler && {
      name: autoscaler.metadata.name,
      maxReplicas: autoscaler.spec.maxReplicas,
      fromChart: autoscaler.metadata.labels["app.kubernetes.io/instance"] === name,
      problem: (autoscaler.status?.conditions ?? []).find(
        ({ type, status }) => type === "ScalingActive" && status === "False",
      )?.reason,
    },
  };
}

function isNamed(name: string) {
  return ({ metadata }: v.InferOutput<typeof Deployment>) => metadata.name === name;
}

/** A pod that is ready and does not terminate; otherwise nothing. */
function readyPod({ metadata, spec, status }: v.InferOutput<typeof Pod>): ReadyPod[] {
  const ready = status.conditions.some(
    (condition) => condition.type === "Ready" && condition.status === "True",
  );
  const ports = spec.containers.flatMap((container) => container.ports);
  const url = podUrl(status.podIP, ports, "http");
  if (metadata.deletionTimestamp !== undefined || !ready || url === undefined) return [];
  return [{ name: metadata.name, url }];
}
