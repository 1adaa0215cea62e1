import { checkDocker, checkRegistry, connectCluster } from "../adapters/checks.ts";
import { type Cluster, type ClusterOptions, openCluster } from "../adapters/cluster.ts";
import { createCosign } from "../adapters/cosign.ts";
import { createDocker } from "../adapters/docker.ts";
import { ecrOf } from "../adapters/ecr-host.ts";
import { revision } from "../adapters/git.ts";
import type { PublishedImage } from "../adapters/registry.ts";
import { type Rights, together } from "../domain/rights.ts";
import { TRAFFIC_RELEASE, type Workload, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import { ROOT } from "../lib/paths.ts";
import { preflight } from "../lib/preflight.ts";
import { changed, printPlan, runTasks, unchanged } from "../lib/tasks.ts";
import { confirm, print } from "../lib/terminal.ts";
import { deploy, waitUntilReady } from "./deploy.ts";
import { describeDrift, findDrift, type Drift, repair, sameManifest } from "./drift.ts";
import { type Digests, executeImages, pinned, verify } from "./execute.ts";
import { checkNamespace, ensureNamespace } from "./namespace.ts";
import { checkPublishedPlatforms, choosePlatforms } from "./platforms.ts";
import { checkPublished } from "./published.ts";
import { type DeployStep, planRelease, type VerifyStep } from "./plan.ts";
import { checkQuota, confirmQuota } from "./quota.ts";
import { RELEASE_NEEDS } from "./rights.ts";
import { checkVersions } from "./version-check.ts";

/** What to release, if the traffic decides. It is called before anything is built, and again before anything is deployed. */
type Choose = (cluster: Cluster) => Promise<readonly Workload[]>;

export interface ReleaseOptions extends ClusterOptions {
  workloads: readonly Workload[] | Choose;
  /** Undefined is reported together with everything else that is missing. */
  registry: string | undefined;
  /** Deploy the images that this registry has, without a build. Default: build them, and push them to `registry`. */
  from?: string | undefined;
  /** The platforms of the images, such as `linux/amd64`. Default: those of the cluster's nodes. */
  platform?: readonly string[] | undefined;
  /** Install the stable name too, with blue live. Default: false. */
  traffic?: boolean;
  /** The URL of the frontend's backend. Default: as it is. */
  backend?: string | undefined;
  recreate?: boolean;
  dryRun?: boolean;
  yes?: boolean | undefined;
  /** False does not sign the images. Default: sign them if cosign is installed. */
  sign?: boolean;
  /** The helm releases that have traffic now: replacing their pods needs a confirmation. */
  liveReleases: (cluster: Cluster) => Promise<string[]>;
  /** The steps of the shift that follows. It throws a UserError if that shift is not possible. Default: none follows. */
  planShift?:
    ((cluster: Cluster, workloads: readonly Workload[]) => Promise<readonly { title: string }[]>) | undefined;
  /** The rights that this shift needs. */
  shiftRights?: Rights | undefined;
}

/**
 * Builds, pushes, signs, deploys and verifies workloads. Whatever is up to date stays as it is.
 * @returns the workloads
 */
export async function release(options: ReleaseOptions, context: Context): Promise<readonly Workload[]> {
  const { workloads: given, from, backend, traffic = false, recreate = false, sign = true } = options;
  const registry = from ?? options.registry ?? "";
  const [choose, known] = typeof given === "function" ? [given, []] : [undefined, given];
  const published = from === undefined ? undefined : new Map<string, PublishedImage>();
  const needs = { ...RELEASE_NEEDS, rights: together(RELEASE_NEEDS.rights, options.shiftRights ?? {}) };
  const images = published
    ? [checkPublished(registry, known, published, context)]
    : [checkDocker(), checkRegistry(registry)];
  const more = [checkNamespace(openCluster(options)), ...images];
  const cluster = await connectCluster(options, needs, { more });
  const workloads = choose ? await choose(cluster) : known;
  if (choose && published) await preflight([checkPublished(registry, workloads, published, context)]);
  if (published) await checkPublishedPlatforms(published, cluster);
  const installed = new Set((await cluster.helm.list()).map(({ name }) => name));
  // A new stable name leads to blue.
  const first = traffic && !installed.has(TRAFFIC_RELEASE) ? [workload("echo-backend", "blue").name] : [];
  await checkVersions(workloads, [...first, ...(await options.liveReleases(cluster))], cluster);
  const request = {
    ...{ workloads, registry, backend, traffic, recreate, published, namespace: cluster.namespace },
    platforms: published ? undefined : await choosePlatforms(options.platform, cluster, createDocker()),
    revision: await revision(ROOT),
    ecr: ecrOf(registry, context.env),
    sign: sign && !published && (await createCosign().isInstalled()),
  };
  if (recreate && !request.ecr)
    throw new UserError(
      `Invalid option --recreate: it has no effect with ${registry}, which is not an ECR registry. Remove the option.`,
    );
  const plan = planRelease(request, { installed });
  const shift = (await options.planShift?.(cluster, workloads)) ?? [];
  // Before the build it is not certain yet which of the same versions change.
  await preflight([checkQuota(() => findDue(plan.deploys, digestsOf(published), cluster), cluster)]);
  if (options.dryRun) {
    printPlan([...plan.images, ...plan.deploys, ...plan.verifies, ...shift]);
    const drifts = plan.deploys.map(async ({ upgrade: { release: name } }) => {
      const manifest = await cluster.helm.installedManifest(name);
      return manifest === undefined ? [] : describeDrift(name, await findDrift(manifest, cluster), cluster);
    });
    (await Promise.all(drifts)).flat().forEach(print);
    return workloads;
  }
  const digests: Digests = new Map();
  const later = plan.deploys.map(({ title }) => title);
  const imagesChanged = await executeImages(plan.images, digests, registry, context, later);
  const deploys = await examineAll(plan.deploys, digests, cluster);
  for (const { upgrade, drift } of deploys) describeDrift(upgrade.release, drift, cluster).forEach(print);
  const due = deploys.filter(isDue);
  if (choose) checkChoice(workloads, await choose(cluster));
  await confirmLive(
    due.map(({ upgrade }) => upgrade.release).filter((name) => installed.has(name)),
    options,
    cluster,
    context,
  );
  await confirmQuota(due, cluster);
  await ensureNamespace(cluster);
  const deploysChanged = await executeDeploys(deploys, plan.verifies, cluster, context);
  if (!imagesChanged && !deploysChanged) print("Nothing to change: everything is released already.");
  return workloads;
}

type Deployment = Awaited<ReturnType<typeof examine>>;

/** Compares a step with helm's memory, and that with the cluster. */
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

/** The digests that are known before the images are built. */
function digestsOf(published: ReadonlyMap<string, PublishedImage> = new Map()): Digests {
  return new Map(Array.from(published, ([image, { digest }]) => [image, digest]));
}

function examineAll(steps: readonly DeployStep[], digests: Digests, cluster: Cluster): Promise<Deployment[]> {
  return Promise.all(steps.map((step) => examine(step, digests, cluster)));
}

/** Whether the release changes something in the cluster. */
function isDue({ due, drift }: Deployment): boolean {
  return due || drift.changed.length > 0;
}

async function findDue(steps: readonly DeployStep[], digests: Digests, cluster: Cluster) {
  return (await examineAll(steps, digests, cluster)).filter(isDue);
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

function executeDeploys(
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
