import type { Cluster } from "../adapters/cluster.ts";
import type { Workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import { printPlan } from "../lib/tasks.ts";
import { confirm, print } from "../lib/terminal.ts";
import { describeDrift, findDrift } from "./drift.ts";
import { type Digests, executeImages } from "./execute.ts";
import { examineAll, executeDeploys, isDue } from "./execute-deploys.ts";
import { ensureNamespace } from "./namespace.ts";
import { prepare, type Prepared, type ReleaseOptions } from "./prepare.ts";
import { confirmQuota } from "./quota.ts";

/**
 * Builds, pushes, signs, deploys and verifies workloads. Whatever is up to date stays as it is.
 * @returns the workloads
 */
export async function release(options: ReleaseOptions, context: Context): Promise<readonly Workload[]> {
  const prepared = await prepare(options, context);
  if (options.dryRun) await printDryRun(prepared);
  else await execute(prepared, options, context);
  return prepared.workloads;
}

/** Prints the plan, and what someone has changed in the cluster since the last release. */
async function printDryRun({ plan, shift, cluster }: Prepared): Promise<void> {
  printPlan([...plan.images, ...plan.deploys, ...plan.verifies, ...shift]);
  const drifts = plan.deploys.map(async ({ upgrade: { release: name } }) => {
    const manifest = await cluster.helm.installedManifest(name);
    return manifest === undefined ? [] : describeDrift(name, await findDrift(manifest, cluster), cluster);
  });
  (await Promise.all(drifts)).flat().forEach(print);
}

async function execute(
  { workloads, registry, cluster, installed, plan }: Prepared,
  options: ReleaseOptions,
  context: Context,
): Promise<void> {
  const digests: Digests = new Map();
  const later = plan.deploys.map(({ title }) => title);
  const imagesChanged = await executeImages(plan.images, digests, registry, context, later);
  const deploys = await examineAll(plan.deploys, digests, cluster);
  for (const { upgrade, drift } of deploys) describeDrift(upgrade.release, drift, cluster).forEach(print);
  if (typeof options.workloads === "function") checkChoice(workloads, await options.workloads(cluster));
  const due = deploys.filter(isDue);
  const replaced = due.map(({ upgrade }) => upgrade.release).filter((name) => installed.has(name));
  await confirmLive(replaced, options, cluster, context);
  await confirmQuota(due, cluster);
  await ensureNamespace(cluster);
  const deploysChanged = await executeDeploys(deploys, plan.verifies, cluster, context);
  if (!imagesChanged && !deploysChanged) print("Nothing to change: everything is released already.");
}

/** @throws {UserError} if the traffic has moved since the choice, so that it would be another one now */
function checkChoice(planned: readonly Workload[], now: readonly Workload[]): void {
  const [before, after] = [planned, now].map((workloads) => workloads.map(({ name }) => name).join(", "));
  if (before === after) return;
  throw new UserError(
    `The traffic has moved during the build: this release was planned for ${before}, and would be for ${after} now. The images are in the registry; nothing is deployed yet. Start it again.`,
  );
}

/** Asks before the pods of installed releases are replaced that have traffic. */
async function confirmLive(
  replaced: readonly string[],
  { liveReleases, yes = false }: ReleaseOptions,
  cluster: Cluster,
  context: Context,
): Promise<void> {
  const withTraffic = await liveReleases(cluster);
  const live = replaced.filter((name) => withTraffic.includes(name));
  if (live.length === 0) return;
  const have = live.length === 1 ? "has" : "have";
  await confirm(
    `${live.join(" and ")} ${have} traffic now. This release replaces the pods. The images are in the registry; nothing is deployed yet.`,
    yes,
    context,
  );
}
