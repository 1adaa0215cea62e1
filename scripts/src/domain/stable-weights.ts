import * as v from "valibot";
import { type Color, COLORS } from "./color.ts";
import { type Weights, weightsOf } from "./weights.ts";
import { type ServiceName, workload } from "./workload.ts";

/** The Service of a stable name, as far as it tells the weights. */
export const StableService = v.object({
  spec: v.object({
    type: v.optional(v.string(), "ClusterIP"),
    selector: v.optional(v.record(v.string(), v.string()), {}),
  }),
});
export type StableService = v.InferOutput<typeof StableService>;

const Rule = v.object({
  matches: v.optional(v.array(v.object({ headers: v.optional(v.array(v.unknown()), []) })), []),
  backendRefs: v.optional(v.array(v.object({ name: v.string(), weight: v.optional(v.number(), 1) })), []),
});
/** The HTTPRoute of a stable name, as far as it tells the weights. */
export const StableRoute = v.object({ spec: v.object({ rules: v.array(Rule) }) });
export type StableRoute = v.InferOutput<typeof StableRoute>;

/** Whether the route has the weights: in mode gateway the stable Service is an alias of the gateway. */
export function isAlias({ spec }: StableService): boolean {
  return spec.type === "ExternalName";
}

/** The weights that a stable Service and its route have; undefined if they do not tell. */
export function weightsIn(
  service: ServiceName,
  stable: StableService,
  route: StableRoute | undefined,
): Weights | undefined {
  const { selector } = stable.spec;
  if (!isAlias(stable)) return inPercent((color) => (selector["color"] === color ? 1 : 0));
  // A rule with a header is for a preview. All other requests take the rule without.
  const rule = route?.spec.rules.find(({ matches }) => matches.every(({ headers }) => headers.length === 0));
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
  return weightsOf("green", Math.round((green / (blue + green)) * 100));
}
