import type { Cluster } from "../adapters/cluster.ts";
import { describeWeights, weightsOf } from "../domain/weights.ts";
import { type ServiceName, workload } from "../domain/workload.ts";
import { needOf, readyAtOrigin } from "./check/capacity.ts";
import { checkFutureCapacity } from "./check/capacity-check.ts";
import { readWorkload } from "./check/running-workload.ts";
import { openClusterPlace } from "./place/cluster-place.ts";
import type { Switch } from "./place/switch.ts";
import { planShift, type ShiftPlan, type ShiftRequest, stepsToPause } from "./plan.ts";
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
  const traffic = place.open(service);
  const plan = planShift(request, await traffic.read(), found);
  await checkPods(service, plan, traffic, cluster);
  const { color, origin, steps } = plan;
  return steps.map((step) => {
    const to = step === "pause" ? "pause" : describeWeights(weightsOf(color, step));
    return {
      title: `Shift ${service} to ${to}, or back to ${describeWeights(origin)} if ${color} is not good enough`,
    };
  });
}

/** @throws {UserError} if the colour has too few pods for the shift. Before its first release it has none. */
async function checkPods(
  service: ServiceName,
  plan: ShiftPlan,
  { ready }: Pick<Switch, "ready">,
  cluster: Cluster,
): Promise<void> {
  const { color, origin, minReady } = plan;
  const target = workload(service, color);
  const running = await readWorkload(target.name, cluster);
  if (!running) return;
  const rule = { origin, originReady: await readyAtOrigin(origin, ready), minReady };
  const need = needOf(color, stepsToPause(plan), rule);
  if (need) await checkFutureCapacity(target, running, need, cluster);
}
