import type { Cluster } from "../adapters/cluster.ts";
import { openClusterLease } from "./lease/cluster-lease.ts";
import { isHeld } from "./lease/lease.ts";

/** Who shifts the traffic of a namespace now, as `user@host`; undefined if nobody does, or if that process has crashed. */
export async function findShift(cluster: Cluster): Promise<string | undefined> {
  const lease = await openClusterLease(cluster).read();
  return lease && isHeld(lease) ? lease.holder.replace(/\/[^/]*$/, "") : undefined;
}
