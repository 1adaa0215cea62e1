import type { Upgrade } from "../adapters/helm.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { SERVICES, TRAFFIC_RELEASE } from "../names.ts";
import { openStableName } from "../traffic/stable-name.ts";
import { liveColors } from "../traffic/weights.ts";

/** Those of the upgrades that go over a release which has traffic now. */
export async function liveOnes(
  upgrades: readonly Upgrade[],
  installed: ReadonlySet<string>,
  cluster: Cluster,
): Promise<string[]> {
  if (!installed.has(TRAFFIC_RELEASE)) return [];
  const live = new Set<string>();
  for (const service of SERVICES) {
    const name = openStableName(service, cluster);
    const { weights, enabled } = await name.read();
    if (enabled) for (const color of liveColors(weights)) live.add(name.releases[color]);
  }
  return upgrades
    .map(({ release }) => release)
    .filter((release) => live.has(release) && installed.has(release));
}
