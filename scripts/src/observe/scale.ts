import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { parseJson, unlessFailedWith } from "../adapters/command.ts";
import { createKubectl } from "../adapters/kubectl.ts";
import { readQuantity } from "../domain/quantity.ts";
import { UserError } from "../lib/errors.ts";

/** The number of a workload's pods, their CPU, and the state of its autoscaler. */
export interface Scale {
  /** Existing pods, without those that terminate. */
  replicas: number;
  ready: number;
  /** The CPU of all pods in millicores; undefined if the cluster does not measure it, or not yet. */
  cpu: number | undefined;
  /** Undefined without an autoscaler. */
  autoscaler: ReturnType<typeof summarize> | undefined;
}

const Target = v.object({ target: v.object({ averageUtilization: v.number() }) });
const Current = v.object({ current: v.object({ averageUtilization: v.optional(v.number()) }) });
const Autoscaler = v.object({
  kind: v.literal("HorizontalPodAutoscaler"),
  spec: v.object({
    minReplicas: v.number(),
    maxReplicas: v.number(),
    metrics: v.tuple([v.object({ resource: Target })]),
  }),
  status: v.object({
    desiredReplicas: v.number(),
    currentMetrics: v.nullish(v.array(v.object({ resource: v.optional(Current) }))),
  }),
});
const Deployment = v.object({
  kind: v.literal("Deployment"),
  status: v.object({ replicas: v.optional(v.number(), 0), readyReplicas: v.optional(v.number(), 0) }),
});
const Containers = v.array(v.object({ usage: v.object({ cpu: v.string() }) }));
const Usage = v.object({ items: v.array(v.object({ containers: Containers })) });

/** The cluster has no metrics server, or it does not measure yet. */
const NO_METRICS = /^Error from server \((?:NotFound|ServiceUnavailable)\): /m;

/** @throws {UserError} if the workload is not deployed */
export async function readScale(name: string, cluster: Cluster): Promise<Scale> {
  const { kubectl, context, namespace, flags } = cluster;
  const kinds = v.variant("kind", [Autoscaler, Deployment]);
  const [items, cpu] = await Promise.all([
    kubectl.list(kinds, ["deployments,horizontalpodautoscalers", "-n", namespace, "-l", `app=${name}`]),
    readCpu(name, context, namespace),
  ]);
  const deployment = items.find((item) => item.kind === "Deployment");
  if (!deployment)
    throw new UserError(
      `${name} is not deployed in namespace ${namespace}. \`pnpm release${flags}\` deploys it.`,
    );
  const { replicas, readyReplicas } = deployment.status;
  const autoscaler = items.find((item) => item.kind === "HorizontalPodAutoscaler");
  return { replicas, ready: readyReplicas, cpu, autoscaler: autoscaler && summarize(autoscaler) };
}

function summarize({ spec, status }: v.InferOutput<typeof Autoscaler>) {
  return {
    min: spec.minReplicas,
    max: spec.maxReplicas,
    wanted: status.desiredReplicas,
    target: spec.metrics[0].resource.target.averageUtilization,
    current: status.currentMetrics?.[0]?.resource?.current.averageUtilization,
  };
}

/** The millicores of all pods, from the resource metrics API that `kubectl top` uses. */
async function readCpu(name: string, context: string | undefined, namespace: string) {
  // Without retries: a missing metrics API looks like an API server that is away.
  const kubectl = createKubectl({ context, retryMs: 0 });
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods?labelSelector=app%3D${name}`;
  const text = await unlessFailedWith(NO_METRICS, kubectl.run(["get", "--raw", path]));
  if (text === undefined) return undefined;
  const { items } = parseJson("the metrics API", Usage, text);
  const usages = items.flatMap(({ containers }) => containers.map(({ usage }) => millicores(usage.cpu)));
  return usages.length === 0 ? undefined : usages.reduce((sum, usage) => sum + usage);
}

/** `3 of 5 pods ready, wanted 5 (3 to 30)` */
export function describeReplicas({ replicas, ready, autoscaler }: Scale): string {
  const wanted = autoscaler ? `, wanted ${autoscaler.wanted} (${autoscaler.min} to ${autoscaler.max})` : "";
  return `${ready} of ${replicas} pods ready${wanted}`;
}

/** `CPU 612m, 81 % of the request (target 50 %)` */
export function describeCpu({ cpu, autoscaler }: Scale): string {
  const used = cpu === undefined ? "CPU not measured yet" : `CPU ${cpu.toFixed(0)}m`;
  const share = autoscaler?.current === undefined ? "" : `, ${autoscaler.current} % of the request`;
  return `${used}${share}${autoscaler ? ` (target ${autoscaler.target} %)` : ""}`;
}

/** Reads a CPU quantity as millicores: `12345n`, `250m` or `2`. */
export function millicores(quantity: string): number {
  return readQuantity(quantity) * 1000;
}
