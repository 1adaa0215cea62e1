import { connectCluster } from "../../adapters/checks.ts";
import type { ClusterOptions } from "../../adapters/cluster.ts";
import type { Needs } from "../../domain/rights.ts";
import { openClusterPlace } from "./cluster-place.ts";
import { openLocalPlace } from "./local-place.ts";
import type { Place } from "./place.ts";

export interface PlaceOptions extends ClusterOptions {
  /** The running `pnpm dev` instead of a cluster. */
  local?: boolean | undefined;
}

/**
 * @param signal terminates each call; without it, a command can clean up after an interruption
 * @throws {PreflightError} if the cluster cannot be reached, or the user lacks rights
 */
export async function openPlace(
  { local = false, ...options }: PlaceOptions,
  needs: Needs,
  signal?: AbortSignal,
): Promise<Place> {
  if (local) return openLocalPlace();
  return openClusterPlace(await connectCluster(options, needs, signal && { signal }));
}
