import { checkDocker, checkRegistry, connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
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
import type { Digests } from "./execute.ts";
import { examineAll, isDue } from "./execute-deploys.ts";
import { checkNamespace } from "./namespace.ts";
import { planRelease, type ReleasePlan } from "./plan.ts";
import { checkPublishedPlatforms, choosePlatforms } from "./platforms.ts";
import { checkPublished } from "./published.ts";
import { checkQuota } from "./quota.ts";
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

/** A release that may begin: everything was checked. */
export interface Prepared {
  workloads: readonly Workload[];
  /** With the images. */
  registry: string;
  cluster: Cluster;
  /** The helm releases of the namespace. */
  installed: ReadonlySet<string>;
  plan: ReleasePlan;
  /** The titles of the shift that follows. */
  shift: readonly { title: string }[];
}

/** Checks and plans a release, and changes nothing. @throws {UserError} with what is missing or invalid */
export async function prepare(options: ReleaseOptions, context: Context): Promise<Prepared> {
  const { from, recreate = false, backend, traffic = false } = options;
  const registry = from ?? options.registry ?? "";
  const published = from === undefined ? undefined : new Map<string, PublishedImage>();
  const { cluster, workloads } = await connect(options, registry, published, context);
  const installed = new Set((await cluster.helm.list()).map(({ name }) => name));
  // A new stable name leads to blue.
  const first = traffic && !installed.has(TRAFFIC_RELEASE) ? [workload("echo-backend", "blue").name] : [];
  await checkVersions(workloads, [...first, ...(await options.liveReleases(cluster))], cluster);
  const ecr = ecrOf(registry, context.env);
  if (recreate && !ecr)
    throw new UserError(
      `Invalid option --recreate: it has no effect with ${registry}, which is not an ECR registry. Remove the option.`,
    );
  const request = {
    ...{ workloads, registry, backend, traffic, recreate, published, ecr, namespace: cluster.namespace },
    ...(await chooseBuild(options, cluster)),
  };
  const plan = planRelease(request, { installed });
  const shift = (await options.planShift?.(cluster, workloads)) ?? [];
  // Before the build it is not certain yet which of the same versions change.
  const findDue = async () => (await examineAll(plan.deploys, digestsOf(published), cluster)).filter(isDue);
  await preflight([checkQuota(findDue, cluster)]);
  return { workloads, registry, cluster, installed, plan, shift };
}

/**
 * Checks the tools, the cluster and the registry, and chooses the workloads.
 * @param published gets the images that the registry has; undefined if they are built
 */
async function connect(
  options: ReleaseOptions,
  registry: string,
  published: Map<string, PublishedImage> | undefined,
  context: Context,
): Promise<Pick<Prepared, "cluster" | "workloads">> {
  const { workloads: given, shiftRights = {} } = options;
  const [choose, known] = typeof given === "function" ? [given, []] : [undefined, given];
  const checkImages = (workloads: readonly Workload[]) =>
    published
      ? [checkPublished(registry, workloads, published, context)]
      : [checkDocker(), checkRegistry(registry)];
  const needs = { ...RELEASE_NEEDS, rights: together(RELEASE_NEEDS.rights, shiftRights) };
  const checks = { more: checkImages(known), inCluster: [checkNamespace] };
  const cluster = await connectCluster(options, needs, checks);
  const workloads = choose ? await choose(cluster) : known;
  if (choose && published) await preflight(checkImages(workloads));
  if (published) await checkPublishedPlatforms(published, cluster);
  return { cluster, workloads };
}

/** How images are built. A release of published images builds none. */
async function chooseBuild({ from, platform, sign = true }: ReleaseOptions, cluster: Cluster) {
  const builds = from === undefined;
  return {
    platforms: builds ? await choosePlatforms(platform, cluster, createDocker()) : undefined,
    revision: await revision(ROOT),
    sign: builds && sign && (await createCosign().isInstalled()),
  };
}

/** The digests that are known before the images are built. */
function digestsOf(published: ReadonlyMap<string, PublishedImage> = new Map()): Digests {
  return new Map(Array.from(published, ([image, { digest }]) => [image, digest]));
}
