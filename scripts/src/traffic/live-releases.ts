import type { Cluster } from "../adapters/cluster.ts";
import { COLORS } from "../domain/color.ts";
import { liveColors, type Weights } from "../domain/weights.ts";
import { DEFAULT_CLUSTER_DOMAIN, type ServiceName, workload } from "../domain/workload.ts";
import { listFrontends } from "./stable-name/frontend-deployments.ts";
import { leadsTo } from "./stable-name/names.ts";
import { enabledServices, readTraffic, type TrafficValues } from "./stable-name/traffic-release.ts";

/** A helm release that has traffic, and why. */
export interface Live {
  release: string;
  /** `75 % of the stable name`, or `the backend of echo-frontend-blue`. */
  reason: string;
}

/**
 * The helm releases that have traffic now: by the weights, or because a running frontend leads to one colour directly.
 * @param values those of echo-traffic; undefined if it is not installed
 */
export async function findLive(values: TrafficValues | undefined, cluster: Cluster): Promise<Live[]> {
  const { clusterDomain = DEFAULT_CLUSTER_DOMAIN } = values ?? {};
  const frontends = (await listFrontends(cluster)).filter(({ readyReplicas }) => readyReplicas > 0);
  const from = { namespace: cluster.namespace, clusterDomain };
  const direct = COLORS.map((color) => workload("echo-backend", color).name).flatMap((release) =>
    frontends
      .filter(({ backends }) => backends.some((url) => leadsTo(url, release, from)))
      .map(({ name }) => ({ release, reason: `the backend of ${name}` })),
  );
  const stable = values ? enabledServices(values) : [];
  return [...stable.flatMap(({ service, weights }) => liveBy(service, weights)), ...direct];
}

/** The names of the helm releases that have traffic now. */
export async function liveReleases(cluster: Cluster): Promise<string[]> {
  return (await findLive(await readTraffic(cluster), cluster)).map(({ release }) => release);
}

function liveBy(service: ServiceName, weights: Weights): Live[] {
  return liveColors(weights).map((color) => ({
    release: workload(service, color).name,
    reason: `${weights[color]} % of the stable name`,
  }));
}
