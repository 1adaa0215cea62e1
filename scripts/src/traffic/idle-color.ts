import type { Cluster } from "../adapters/cluster.ts";
import { type Color, COLORS } from "../domain/color.ts";
import { type ServiceName, workload } from "../domain/workload.ts";
import { UserError } from "../lib/errors.ts";
import { openClusterPlace } from "./place/cluster-place.ts";
import { findLive } from "./live-releases.ts";
import { openTrafficRelease } from "./stable-name/traffic-release.ts";
import { findUnfinished, refuseUnfinished } from "./unfinished.ts";

/**
 * The colour of a service without traffic.
 * @throws {UserError} if both colours have some, if a shift is unfinished, or if there is no stable name
 */
export async function idleColor(service: ServiceName, cluster: Cluster): Promise<Color> {
  const place = openClusterPlace(cluster);
  const unfinished = await findUnfinished(place);
  if (unfinished) throw refuseUnfinished(unfinished, place.flags);
  const live = await findLive(await openTrafficRelease(cluster).read(), cluster);
  const reasonsOf = (color: Color) =>
    live.filter(({ release }) => release === workload(service, color).name).map(({ reason }) => reason);
  const idle = COLORS.find((color) => reasonsOf(color).length === 0);
  if (idle) return idle;
  const found = COLORS.map((color) => `${color} has traffic (${reasonsOf(color).join(", ")})`);
  throw new UserError(
    [
      `No colour of ${service} is free: ${found.join(", and ")}. Expected one without traffic.`,
      `Nothing was changed. Move all traffic to one colour first: pnpm shift blue${cluster.flags}`,
    ].join("\n"),
  );
}
