import type { Cluster } from "../adapters/cluster.ts";
import { describeWeights, weightsOf } from "../domain/weights.ts";
import type { ServiceName } from "../domain/workload.ts";
import { openClusterPlace } from "./place/cluster-place.ts";
import { planShift, type ShiftRequest } from "./plan.ts";
import { findUnfinished, refuseUnfinished } from "./unfinished.ts";

/** A shift that another command runs at its end. */
export interface PlannedShift extends ShiftRequest {
  service: ServiceName;
}

/** The steps of a shift, for the plan of the other command. @throws {UserError} if the shift is not possible */
export async function planTitles({ service, ...request }: PlannedShift, cluster: Cluster) {
  const place = openClusterPlace(cluster);
  const found = await findUnfinished(place);
  if (found && found.service !== service) throw refuseUnfinished(found, place.flags);
  const { color, origin, steps } = planShift(request, await place.open(service).read(), found);
  return steps.map((step) => {
    const to = step === "pause" ? "pause" : describeWeights(weightsOf(color, step));
    return {
      title: `Shift ${service} to ${to}, or back to ${describeWeights(origin)} if ${color} is not good enough`,
    };
  });
}
