import type { Cluster } from "../adapters/cluster.ts";
import { failedWith } from "../adapters/command.ts";
import { type Quota, resourceOf } from "../domain/quota.ts";
import type { Check } from "../lib/preflight.ts";
import { podsOf, type Rollout } from "./needs.ts";

/** A quota on these refuses each pod without them, unless a LimitRange of the namespace adds them. */
const DEMANDED = /^(?:requests|limits)\.(?:cpu|memory)$/;
const MUST_SPECIFY = /^Error from server \(Forbidden\): .*failed quota: (.*)$/m;
const REFUSED = /^Error from server/m;

/** Whether a quota refuses pods whatever is left of it. Only the API server knows what a LimitRange adds. */
export async function checkLimits(
  quotas: readonly Quota[],
  rollouts: readonly Rollout[],
  { kubectl, namespace }: Cluster,
): Check {
  const demanded = quotas.flatMap(({ spec }) => Object.keys(spec.hard).map(resourceOf)).filter(isDemanded);
  for (const { name, template, usage } of rollouts.flatMap(podsOf)) {
    if (demanded.every((resource) => usage.has(resource))) continue;
    const pod = { ...template, apiVersion: "v1", kind: "Pod" };
    const metadata = { generateName: `${name}-`, namespace };
    const create = ["create", "--dry-run=server", "-o", "name", "-f", "-"];
    try {
      await kubectl.run(create, { input: JSON.stringify({ ...pod, metadata }) });
    } catch (error) {
      if (!failedWith(error, REFUSED)) throw error;
      const [, reason] = MUST_SPECIFY.exec(error.stderr) ?? [];
      // Other refusals are not the quota's.
      if (reason === undefined) continue;
      return {
        problem: `the quota of namespace ${namespace} refuses each pod of ${name}: ${reason}`,
        remedy:
          "Set the chart's value resources, or ask for a LimitRange with defaults: see docs/classroom.md.",
      };
    }
  }
  return undefined;
}

function isDemanded(resource: string): boolean {
  return DEMANDED.test(resource);
}
