import type { Cluster } from "../adapters/cluster.ts";
import { unlessFailedWith } from "../adapters/command.ts";
import { FORBIDDEN } from "../adapters/kubectl.ts";
import { readQuantity, writeQuantity } from "../domain/quantity.ts";
import { Quota, resourceOf } from "../domain/quota.ts";
import { UserError } from "../lib/errors.ts";
import type { Check } from "../lib/preflight.ts";
import { type Amounts, findNeeds, type Rollout } from "./needs.ts";
import { checkLimits } from "./quota-limits.ts";

/** These scopes hold every pod of the charts: they have requests, and no end. */
const SCOPES = new Set(["NotBestEffort", "NotTerminating"]);

/**
 * Whether the namespace's quotas have room for a release: its pods, the pod that a rollout adds, the jumpbox, and new objects.
 * A user who may not list the quotas gets no check.
 * @param rollouts is called only if there are quotas
 */
export async function checkQuota(rollouts: () => Promise<readonly Rollout[]>, cluster: Cluster): Check {
  const { kubectl, namespace } = cluster;
  const list = kubectl.list(Quota, ["resourcequotas", "-n", namespace]);
  const quotas = (await unlessFailedWith(FORBIDDEN, list)) ?? [];
  const ours = quotas.filter(({ spec }) => spec.scopes.every((scope) => SCOPES.has(scope)));
  if (ours.length === 0) return undefined;
  const due = await rollouts();
  const refused = await checkLimits(ours, due, cluster);
  if (refused) return refused;
  const needed = await findNeeds(due, cluster);
  const shortages = ours.flatMap((quota) => {
    const found = findShortages(quota, needed);
    return found.length === 0 ? [] : [`${quota.metadata.name}: ${found.join("; ")}`];
  });
  if (shortages.length === 0) return undefined;
  return {
    problem: `the quota of namespace ${namespace} has too little left. ${shortages.join(". ")}`,
    remedy: `Remove what you do not need (${kubectl.command} -n ${namespace} get pods), or ask for a larger quota: see docs/classroom.md.`,
  };
}

/**
 * The same after the build, when it is certain which releases change.
 * @throws {UserError} if a quota has too little left
 */
export async function confirmQuota(due: readonly Rollout[], cluster: Cluster): Promise<void> {
  if (due.length === 0) return;
  const found = await checkQuota(() => Promise.resolve(due), cluster);
  if (found)
    throw new UserError(
      `The images are in the registry; nothing is deployed yet: ${found.problem}\n${found.remedy}`,
    );
}

/** `pods: 4 more needed, 2 left of 16`, for each resource of which too little is left. */
function findShortages({ spec, status }: Quota, needed: Amounts): string[] {
  return Object.entries(spec.hard).flatMap(([name, hard]) => {
    const resource = resourceOf(name);
    const need = needed.get(resource) ?? 0;
    const left = Math.max(0, readQuantity(hard) - readQuantity(status.used[name] ?? "0"));
    // Sums of fractions are not exact.
    if (need - left <= 1e-6) return [];
    const [more, rest] = [need, left].map((amount) => writeQuantity(amount, resource));
    return [`${name}: ${more} more needed, ${rest} left of ${hard}`];
  });
}
