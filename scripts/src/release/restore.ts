import * as v from "valibot";
import { parseAllDocuments } from "yaml";
import { KubeObject, Marks } from "../domain/kube-object.ts";

export const Deployment = v.looseObject({
  ...KubeObject.entries,
  kind: v.literal("Deployment"),
  spec: v.looseObject({
    replicas: v.optional(v.number()),
    template: v.looseObject({ metadata: v.looseObject({ annotations: Marks }) }),
  }),
});
const Autoscaler = v.looseObject({
  ...KubeObject.entries,
  kind: v.literal("HorizontalPodAutoscaler"),
  spec: v.looseObject({
    minReplicas: v.optional(v.number()),
    scaleTargetRef: v.looseObject({ name: v.string() }),
  }),
});
const BalancedService = v.looseObject({
  ...KubeObject.entries,
  kind: v.literal("Service"),
  spec: v.looseObject({ loadBalancerClass: v.optional(v.string()) }),
});

/** The documents of a manifest, read as Kubernetes does: YAML 1.1. */
export function documentsIn(manifest: string): unknown[] {
  return parseAllDocuments(manifest, { version: "1.1" })
    .map((document): unknown => document.toJS())
    .filter((document) => document !== null);
}

/** The objects of a manifest as helm prints it. */
export function objectsIn(manifest: string): KubeObject[] {
  return documentsIn(manifest).filter((document) => v.is(KubeObject, document));
}

/** A live object with everything in it as wanted, but with the labels and annotations of others and its number of pods. */
export function restore(
  wanted: KubeObject,
  live: KubeObject | undefined,
  all: readonly KubeObject[],
): KubeObject | undefined {
  if (live === undefined) return undefined;
  const { resourceVersion: _, ...metadata } = live.metadata;
  return {
    ...wanted,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...wanted.metadata.labels },
      annotations: { ...metadata.annotations, ...wanted.metadata.annotations },
    },
    ...restoreSpec(wanted, live, all),
  };
}

function restoreSpec(wanted: KubeObject, live: KubeObject, all: readonly KubeObject[]): { spec?: object } {
  if (v.is(Deployment, wanted) && v.is(Deployment, live)) {
    const { template } = wanted.spec;
    const annotations = { ...live.spec.template.metadata.annotations, ...template.metadata.annotations };
    const replicas = live.spec.replicas === 0 ? leastReplicas(wanted, all) : live.spec.replicas;
    return {
      spec: {
        ...wanted.spec,
        replicas,
        template: { ...template, metadata: { ...template.metadata, annotations } },
      },
    };
  }
  // A load balancer's controller sets it when the Service is created. Nothing can change it later.
  if (v.is(BalancedService, wanted) && v.is(BalancedService, live) && live.spec.loadBalancerClass)
    return { spec: { loadBalancerClass: live.spec.loadBalancerClass, ...wanted.spec } };
  return {};
}

/** The number of pods that a release starts with. An autoscaler is off as long as it is 0. */
export function leastReplicas(
  deployment: v.InferOutput<typeof Deployment>,
  all: readonly KubeObject[],
): number {
  return autoscalerOf(deployment, all)?.spec.minReplicas ?? deployment.spec.replicas ?? 1;
}

/** The autoscaler of a Deployment. */
export function autoscalerOf({ metadata }: KubeObject, all: readonly KubeObject[]) {
  return all
    .filter((object) => v.is(Autoscaler, object))
    .find(({ spec }) => spec.scaleTargetRef.name === metadata.name);
}
