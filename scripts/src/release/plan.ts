import type { Bake, ImageBuild } from "../adapters/docker.ts";
import { type EcrRegistry, repositoryOf } from "../adapters/ecr-host.ts";
import type { Upgrade } from "../adapters/helm.ts";
import { serviceUrl, TRAFFIC_RELEASE, type Workload } from "../domain/workload.ts";
import { chartPath, ROOT } from "../lib/paths.ts";

/** The images to push. */
export interface ImageRequest {
  workloads: readonly Workload[];
  registry: string;
  /** The commit of the sources. */
  revision: string;
  /** Set if the registry is ECR, which has repositories and logins. */
  ecr: EcrRegistry | undefined;
  /** Delete the repositories with all their images first. Default: false. */
  recreate?: boolean;
  /** Sign each image and attest its SBOM. Default: false. */
  sign?: boolean;
  /** The platforms to build for, such as `linux/amd64`. Default: the builder's own. */
  platforms?: readonly string[] | undefined;
}

/** The release that the user asks for. */
export interface ReleaseRequest extends ImageRequest {
  namespace: string;
  /** The URL of the frontend's backend. Undefined keeps the current one. */
  backend?: string | undefined;
  /** Install the stable name too, if it is not installed yet. */
  traffic: boolean;
  /** Published images by name. They are deployed as they are. Default: all images are built. */
  published?: ReadonlyMap<string, { digest: string }> | undefined;
}

export interface RepositoryStep {
  kind: "repository";
  title: string;
  ecr: EcrRegistry;
  name: string;
  recreate: boolean;
}

export type ImageStep =
  | RepositoryStep
  | { kind: "login"; title: string; ecr: EcrRegistry }
  | { kind: "image"; title: string; build: ImageBuild; platforms: readonly string[] }
  | { kind: "bake"; title: string; bake: Bake }
  | { kind: "published"; title: string; image: string; digest: string }
  | { kind: "sign"; title: string; image: string };

export interface DeployStep {
  title: string;
  upgrade: Upgrade;
  /** The image whose digest is deployed; undefined for a chart without pods. */
  image?: string;
}

/** A URL in the cluster, and the version that it must respond with. */
export interface VerifyStep {
  title: string;
  url: string;
  version: string;
  /** The label `app` of the pods behind it. */
  app: string;
}

export interface ReleasePlan {
  images: readonly ImageStep[];
  deploys: readonly DeployStep[];
  verifies: readonly VerifyStep[];
}

/** A whole release as data. `installed` are the names of the helm releases in the namespace. */
export function planRelease(
  request: ReleaseRequest,
  { installed }: { installed: ReadonlySet<string> },
): ReleasePlan {
  const { workloads, namespace, traffic, published } = request;
  return {
    images: published ? Array.from(published, publishedStep) : buildSteps(request),
    deploys: [
      ...workloads.map((workload) => workloadStep(workload, request, installed)),
      // The chart's defaults make blue live.
      ...(traffic && !installed.has(TRAFFIC_RELEASE)
        ? [deployStep(TRAFFIC_RELEASE, TRAFFIC_RELEASE, {})]
        : []),
    ],
    verifies: workloads.map(({ name, version }) => {
      const url = serviceUrl(name, namespace);
      return { title: `Verify that ${url} returns version ${version}`, url, version, app: name };
    }),
  };
}

/** Builds, pushes and signs. */
function buildSteps(request: ReleaseRequest): ImageStep[] {
  const { workloads, registry } = request;
  const images = new Map(workloads.map((workload) => [imageOf(registry, workload), workload]));
  const builds = Array.from(images, ([image, workload]) => imageStep(image, workload, request));
  return imageSteps(request, builds);
}

/** The steps that build and push images, with what comes before and after them. */
export function imageSteps(
  { workloads, registry, ecr, recreate = false, sign = false }: ImageRequest,
  builds: readonly ImageStep[],
): ImageStep[] {
  const services = new Set(workloads.map(({ service }) => service));
  const images = new Set(workloads.map((workload) => imageOf(registry, workload)));
  return [
    ...(ecr ? Array.from(services, (service) => repositoryStep(ecr, service, recreate)) : []),
    ...(ecr ? [{ kind: "login", title: `Log in to ${registry}`, ecr } as const] : []),
    ...builds,
    ...(sign ? Array.from(images, signStep) : []),
  ];
}

function publishedStep([image, { digest }]: readonly [string, { digest: string }]): ImageStep {
  return { kind: "published", title: `Use the published image ${image}`, image, digest };
}

/** The name of a workload's image in a registry, by its tag. */
export function imageOf(registry: string, { service, version }: Workload): string {
  return `${registry}/${service}:${version}`;
}

/** Makes a repository of ECR exist. */
export function repositoryStep(ecr: EcrRegistry, service: string, recreate: boolean): RepositoryStep {
  const name = repositoryOf(ecr, service);
  const title = recreate
    ? `Delete the ECR repository ${name} with all its images, and recreate it`
    : `ECR repository ${name} exists, with scan on push`;
  return { kind: "repository", title, ecr, name, recreate };
}

function imageStep(
  image: string,
  { service, version }: Workload,
  { revision, platforms = [] }: ImageRequest,
): ImageStep {
  const args = { SERVICE: service, VERSION: version, REVISION: revision };
  const build = { image, dockerfile: `${ROOT}docker/Dockerfile`, context: ROOT, args };
  const target = platforms.length === 0 ? "" : ` for ${platforms.join(" and ")}`;
  return { kind: "image", title: `Build and push ${image}${target}`, build, platforms };
}

function signStep(image: string): ImageStep {
  return { kind: "sign", title: `Sign ${image} and attest its SBOM`, image };
}

function workloadStep(
  workload: Workload,
  { registry, traffic, namespace, backend }: ReleaseRequest,
  installed: ReadonlySet<string>,
): DeployStep {
  const { service, color, version, name } = workload;
  const values: Record<string, string> = { registry, color, version };
  if (service === "echo-frontend") {
    // Only the first install points a frontend at the stable name. Later its backend is the operator's choice.
    const stable = traffic && !installed.has(name) ? serviceUrl("echo-backend", namespace) : undefined;
    const url = backend ?? stable;
    if (url !== undefined) values.backend = url;
  }
  return { ...deployStep(name, service, values), image: imageOf(registry, workload) };
}

function deployStep(release: string, chart: string, values: Upgrade["values"]): DeployStep {
  const text = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const title = `Deploy ${release}${text.length > 0 ? ` (${text.join(", ")})` : ""}`;
  return { title, upgrade: { release, chart: chartPath(chart), values } };
}
