import type { Cluster } from "../adapters/cluster.ts";
import type { Upgrade } from "../adapters/helm.ts";
import type { Context } from "../lib/context.ts";
import { changed, runTasks, unchanged } from "../lib/tasks.ts";
import { deploy, waitUntilReady } from "./deploy.ts";
import { type Drift, findDrift, repair, sameManifest } from "./drift.ts";
import type { Digests } from "./execute.ts";
import type { DeployStep, VerifyStep } from "./plan.ts";
import { verify } from "./verify.ts";

type Deployment = Awaited<ReturnType<typeof examine>>;

/** What a deployment has to do: compares a step with helm's memory, and that with the cluster. */
async function examine(step: DeployStep, digests: Digests, cluster: Cluster) {
  const upgrade = pinned(step, digests);
  const { helm } = cluster;
  const [installed, wanted] = await Promise.all([
    helm.installedManifest(upgrade.release),
    helm.preview(upgrade),
  ]);
  const drift: Drift =
    installed === undefined ? { missing: [], changed: [] } : await findDrift(installed, cluster);
  return {
    title: step.title,
    upgrade: drift.scaled ? { ...upgrade, typedValues: { replicas: drift.scaled.replicas } } : upgrade,
    /** The manifest of the upgrade. */
    wanted,
    drift,
    /** Whether helm has something to do. */
    due: installed === undefined || !sameManifest(installed, wanted) || drift.missing.length > 0,
    hasPods: step.image !== undefined,
  };
}

/** The same for several steps, in their order. */
export function examineAll(
  steps: readonly DeployStep[],
  digests: Digests,
  cluster: Cluster,
): Promise<Deployment[]> {
  return Promise.all(steps.map((step) => examine(step, digests, cluster)));
}

/** Whether a deployment changes something in the cluster. */
export function isDue({ due, drift }: Deployment): boolean {
  return due || drift.changed.length > 0;
}

async function executeDeploy(
  { upgrade, wanted, drift, due, hasPods }: Deployment,
  cluster: Cluster,
  signal: AbortSignal,
) {
  await repair(drift.changed, wanted, cluster);
  if (due) return deploy(upgrade, cluster, { signal });
  if (hasPods) await waitUntilReady(upgrade.release, cluster, { signal });
  return drift.changed.length > 0 ? changed("restored") : unchanged("unchanged");
}

/** The upgrade with its image pinned by digest. */
function pinned({ upgrade, image }: DeployStep, digests: Digests): Upgrade {
  const digest = image === undefined ? undefined : digests.get(image);
  return { ...upgrade, values: { ...upgrade.values, ...(digest !== undefined && { digest }) } };
}

/** Deploys, and verifies what responds then. @returns whether something has changed */
export function executeDeploys(
  deploys: readonly Deployment[],
  verifies: readonly VerifyStep[],
  cluster: Cluster,
  context: Context,
): Promise<boolean> {
  const { signal } = context;
  const ensureJumpbox = async () => {
    const outcome = await cluster.jumpbox.ensure(signal);
    return { changed: outcome === "created", note: outcome };
  };
  const tasks = [
    ...deploys.map((each) => ({ title: each.title, run: () => executeDeploy(each, cluster, signal) })),
    { title: "The jumpbox exists", run: ensureJumpbox },
    ...verifies.map((step) => ({ title: step.title, run: () => verify(step, cluster, signal) })),
  ];
  return runTasks(tasks, context);
}
