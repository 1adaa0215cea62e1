import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { ROUTES } from "../../domain/gateway-api.ts";
import { isAlias, StableRoute, StableService, weightsIn } from "../../domain/stable-weights.ts";
import type { Weights } from "../../domain/weights.ts";
import type { ServiceName } from "../../domain/workload.ts";
import { Route, routeProblem } from "./gateway-status.ts";

/** The HTTPRoute of a stable name, with its weights and its state. */
export const WeightedRoute = v.object({
  ...Route.entries,
  spec: v.object({ ...Route.entries.spec.entries, ...StableRoute.entries.spec.entries }),
});

/** The weights of a stable name, as the cluster has them. */
export interface LiveWeights {
  /** Undefined if the objects do not tell: no stable name, or backends other than the colours. */
  weights: Weights | undefined;
  /** Why the gateway does not use the weights yet, in its controller's words. */
  problem: string | undefined;
}

/** Reads the weights from the objects, so that it does not matter who has applied them. */
export async function readLiveWeights(
  service: ServiceName,
  { kubectl, namespace }: Cluster,
): Promise<LiveWeights> {
  const found = await kubectl.find(StableService, ["service", service, "-n", namespace]);
  if (!found) return { weights: undefined, problem: undefined };
  const name = [ROUTES, service, "-n", namespace];
  const route = isAlias(found) ? await kubectl.find(WeightedRoute, name) : undefined;
  return { weights: weightsIn(service, found, route), problem: route && routeProblem(route) };
}
