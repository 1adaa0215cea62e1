import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { isInProgress, type Upgrade } from "../adapters/helm.ts";
import { MODES } from "../domain/mode.ts";
import { liveColors } from "../domain/weights.ts";
import { TRAFFIC_RELEASE, workload } from "../domain/workload.ts";
import { chartPath } from "../lib/paths.ts";

const Colors = v.object({ weights: v.object({ blue: v.number(), green: v.number() }) });
const Values = v.object({
  mode: v.picklist(MODES),
  backend: Colors,
  frontend: v.object({ ...Colors.entries, enabled: v.boolean() }),
  clusterDomain: v.optional(v.string(), "cluster.local"),
});

/** The values of the helm release echo-traffic: the stable names and their weights. Undefined if it is not installed. */
export function readTraffic({ helm }: Cluster): Promise<v.InferOutput<typeof Values> | undefined> {
  return helm.values(Values, TRAFFIC_RELEASE);
}

/** The helm releases that receive traffic now. */
export async function liveReleases(cluster: Cluster): Promise<string[]> {
  const { backend, frontend } = (await readTraffic(cluster)) ?? {};
  return [
    ...(backend ? liveColors(backend.weights) : []).map((color) => workload("echo-backend", color).name),
    ...(frontend?.enabled ? liveColors(frontend.weights) : []).map(
      (color) => workload("echo-frontend", color).name,
    ),
  ];
}

/** Changes values of the helm release echo-traffic. The caller holds the lease. */
export async function applyTraffic(
  { helm }: Cluster,
  change: Pick<Upgrade, "typedValues"> & Partial<Pick<Upgrade, "values">>,
): Promise<void> {
  const upgrade = { values: {}, ...change, release: TRAFFIC_RELEASE, chart: chartPath(TRAFFIC_RELEASE) };
  try {
    await helm.apply(upgrade);
  } catch (error) {
    if (!isInProgress(error)) throw error;
    // No other shift works on this release while we hold the lease. So an API server that went away cut our upgrade short.
    await helm.rollback(TRAFFIC_RELEASE);
    await helm.apply(upgrade);
  }
}
