import type { Cluster } from "../../adapters/cluster.ts";
import { TRAFFIC_RELEASE } from "../../domain/workload.ts";
import { UserError } from "../../lib/errors.ts";
import { openClusterLease } from "../lease/cluster-lease.ts";
import { openClusterSwitch } from "./cluster-switch.ts";
import { createAnnouncer } from "./kubernetes-events.ts";
import type { Place } from "./place.ts";
import { compareSnapshots, describeSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";

/** A namespace of a cluster. */
export function openClusterPlace(cluster: Cluster): Place {
  const { kubectl, namespace, flags } = cluster;
  return {
    leases: openClusterLease(cluster),
    open: (service) => openClusterSwitch(service, cluster),
    prepare: async (signal) => {
      await cluster.jumpbox.ensure(signal);
    },
    flags,
    removal: (annotation) =>
      `${kubectl.command} -n ${namespace} annotate lease ${TRAFFIC_RELEASE} ${annotation}-`,
    announcer: (service) => createAnnouncer(service, cluster),
    remember: async () => {
      const before = await takeSnapshot(cluster);
      return async () => describeDifference(before, await takeSnapshot(cluster));
    },
  };
}

/** @throws {UserError} with what has changed and must not */
function describeDifference(before: Snapshot, after: Snapshot): string[] {
  const { moved, scaled } = compareSnapshots(before, after);
  if (moved.length > 0)
    throw new UserError(
      `The traffic was shifted, but something else changed in the meantime:\n  ${moved.join("\n  ")}`,
    );
  return [
    ...scaled.map((change) => `Changed by an autoscaler: ${change}.`),
    `Nothing else moved: ${describeSnapshot(before)} are the same as before.`,
  ];
}
