import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { createKubectl } from "../../adapters/kubectl.ts";
import type { LeaseState, StoredLease } from "../../domain/lease.ts";
import { TRAFFIC_RELEASE } from "../../domain/workload.ts";
import type { LeaseStore } from "./lease-store.ts";

/** The Lease of a namespace, as Kubernetes has it. */
export const Lease = v.object({
  metadata: v.object({
    resourceVersion: v.string(),
    annotations: v.optional(v.record(v.string(), v.string()), {}),
  }),
  spec: v.object({
    holderIdentity: v.optional(v.string(), ""),
    renewTime: v.optional(v.string(), ""),
    leaseDurationSeconds: v.optional(v.number(), 0),
  }),
});

/** The lease of a namespace, as a Kubernetes Lease. A namespace has one, for all its stable names. */
export function openClusterLease({ namespace, context }: Cluster): LeaseStore {
  // A renewal must not outlast the lease.
  const kubectl = createKubectl({ context, retryMs: 0 });
  return {
    read: async () => {
      const found = await kubectl.find(Lease, ["lease", TRAFFIC_RELEASE, "-n", namespace]);
      return found && leaseOf(found);
    },
    write: (lease, version) => {
      const manifest = manifestOf(lease, namespace, version);
      return version === undefined ? kubectl.create(manifest) : kubectl.replace(manifest);
    },
  };
}

export function leaseOf({ metadata, spec }: v.InferOutput<typeof Lease>): StoredLease {
  return {
    holder: spec.holderIdentity,
    renewTime: spec.renewTime,
    durationSeconds: spec.leaseDurationSeconds,
    annotations: metadata.annotations,
    version: metadata.resourceVersion,
  };
}

function manifestOf(lease: LeaseState, namespace: string, resourceVersion: string | undefined) {
  const { holder, renewTime, durationSeconds, annotations } = lease;
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: TRAFFIC_RELEASE, namespace, resourceVersion, annotations },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: durationSeconds,
      // Kubernetes writes these times in microseconds.
      renewTime: renewTime.replace("Z", "000Z"),
    },
  };
}
