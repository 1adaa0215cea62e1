import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";

const Event = v.object({
  reason: v.optional(v.string(), ""),
  message: v.optional(v.string(), ""),
  lastTimestamp: v.nullish(v.string()),
  involvedObject: v.object({ kind: v.string(), name: v.string() }),
});
const MOST = 5;

/** The cluster's last warnings about a workload since a moment, one line each. */
export async function warningsOf(
  { kubectl, namespace }: Cluster,
  name: string,
  since: Date,
): Promise<string[]> {
  const warnings = ["events", "-n", namespace, "--field-selector", "type=Warning"];
  const events = await kubectl.list(Event, warnings);
  const lines = events
    .filter(({ involvedObject }) => involvedObject.name.startsWith(name))
    .filter(({ lastTimestamp }) => !lastTimestamp || Date.parse(lastTimestamp) >= since.getTime() - 1000)
    .map(
      ({ reason, message, involvedObject }) =>
        `  ${involvedObject.kind} ${involvedObject.name}: ${reason}: ${message}`,
    );
  return [...new Set(lines)].slice(-MOST);
}
