import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { type Color, COLORS } from "../domain/color.ts";
import type { Weights } from "../domain/weights.ts";
import { type ServiceName, workload } from "../domain/workload.ts";
import { Route, routeProblem } from "./gateway-status.ts";

export const StableService = v.object({
  spec: v.object({
    type: v.optional(v.string(), "ClusterIP"),
    selector: v.optional(v.record(v.string(), v.string()), {}),
  }),
});
const Rule = v.object({
  matches: v.optional(v.array(v.object({ headers: v.optional(v.array(v.unknown()), []) })), []),
  backendRefs: v.optional(v.array(v.object({ name: v.string(), weight: v.optional(v.number(), 1) })), []),
});
export const WeightedRoute = v.object({
  ...Route.entries,
  spec: v.object({ ...Route.entries.spec.entries, rules: v.array(Rule) }),
});

type StableService = v.InferOutput<typeof StableService>;
type WeightedRoute = v.InferOutput<typeof WeightedRoute>;

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
  const name = ["httproutes.gateway.networking.k8s.io", service, "-n", namespace];
  const route = isAlias(found) ? await kubectl.find(WeightedRoute, name) : undefined;
  return { weights: weightsIn(service, found, route), problem: route && routeProblem(route) };
}

/** In mode gateway the stable Service is an alias of the gateway. */
function isAlias({ spec }: StableService): boolean {
  return spec.type === "ExternalName";
}

/**
 * The weights that a stable Service and its route have.
 * @returns undefined if they do not tell
 */
export function weightsIn(
  service: ServiceName,
  found: StableService,
  route: WeightedRoute | undefined,
): Weights | undefined {
  const { selector } = found.spec;
  if (!isAlias(found)) return inPercent((color) => (selector["color"] === color ? 1 : 0));
  if (!route) return undefined;
  // A rule with a header is for a preview. All other requests take the rule without.
  const rule = route.spec.rules.find(({ matches }) => matches.every(({ headers }) => headers.length === 0));
  return inPercent((color) =>
    (rule?.backendRefs ?? [])
      .filter((backend) => backend.name === workload(service, color).name)
      .reduce((sum, { weight }) => sum + weight, 0),
  );
}

/** Whole percentages of the colours' parts; undefined if no colour has one. */
function inPercent(partOf: (color: Color) => number): Weights | undefined {
  const [blue = 0, green = 0] = COLORS.map(partOf);
  if (blue + green === 0) return undefined;
  const share = Math.round((green / (blue + green)) * 100);
  return { blue: 100 - share, green: share };
}
