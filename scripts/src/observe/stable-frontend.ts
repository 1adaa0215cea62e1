import type { Cluster } from "../adapters/cluster.ts";
import { type Color, otherColor } from "../domain/color.ts";
import { ROUTES } from "../domain/gateway-api.ts";
import { isAlias, StableRoute, StableService, weightsIn } from "../domain/stable-weights.ts";
import { colorWithLess } from "../domain/weights.ts";
import type { ServiceName } from "../domain/workload.ts";

/** The frontend's stable name, which exists from its first shift on. */
export const STABLE_FRONTEND: ServiceName = "echo-frontend";

/** The colour to which most requests to the frontend's stable name go; undefined without a stable name. */
export async function mainColor({ kubectl, namespace }: Cluster): Promise<Color | undefined> {
  const service = await kubectl.find(StableService, ["service", STABLE_FRONTEND, "-n", namespace]);
  if (!service) return undefined;
  const name = [ROUTES, STABLE_FRONTEND, "-n", namespace];
  const route = isAlias(service) ? await kubectl.find(StableRoute, name) : undefined;
  const weights = weightsIn(STABLE_FRONTEND, service, route);
  return weights && otherColor(colorWithLess(weights));
}
