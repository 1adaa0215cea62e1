import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { type Color, isColor } from "../domain/color.ts";
import { type ServiceName } from "../domain/workload.ts";

/** The frontend's stable name, which exists from its first shift on. */
export const STABLE_FRONTEND: ServiceName = "echo-frontend";

const Service = v.object({
  spec: v.object({ selector: v.optional(v.record(v.string(), v.string()), {}) }),
});
const Backend = v.object({ name: v.string(), weight: v.optional(v.number(), 1) });
const Rule = v.object({ backendRefs: v.array(Backend) });
const Route = v.object({ spec: v.object({ rules: v.array(Rule) }) });

/** The colour to which most requests to the frontend's stable name go; undefined without a stable name. */
export async function mainColor({ kubectl, namespace }: Cluster): Promise<Color | undefined> {
  const service = await kubectl.find(Service, ["service", STABLE_FRONTEND, "-n", namespace]);
  if (!service) return undefined;
  const { color } = service.spec.selector;
  if (color !== undefined && isColor(color)) return color;
  // Mode gateway: the Service selects nothing, and the route has the weights.
  const route = await kubectl.find(Route, [
    ...["httproutes.gateway.networking.k8s.io", STABLE_FRONTEND, "-n", namespace],
  ]);
  // The rules of the preview come first.
  const backends = route?.spec.rules.at(-1)?.backendRefs ?? [];
  const [main] = backends.toSorted((a, b) => b.weight - a.weight);
  const name = main?.name.slice(`${STABLE_FRONTEND}-`.length) ?? "";
  return isColor(name) ? name : undefined;
}
