import type { Cluster } from "../adapters/cluster.ts";
import { liveColors } from "../domain/weights.ts";
import { workload } from "../domain/workload.ts";
import { readTraffic } from "./traffic-release.ts";

/** The helm releases that receive traffic now. */
export async function liveReleases(cluster: Cluster): Promise<string[]> {
  const values = await readTraffic(cluster);
  if (!values) return [];
  const { backend, frontend } = values;
  return [
    ...liveColors(backend.weights).map((color) => workload("echo-backend", color).name),
    ...liveColors(frontend.enabled ? frontend.weights : { blue: 0, green: 0 }).map(
      (color) => workload("echo-frontend", color).name,
    ),
  ];
}
