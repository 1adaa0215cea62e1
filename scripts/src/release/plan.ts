import type { ImageBuild } from "../adapters/docker.ts";
import type { Upgrade } from "../adapters/helm.ts";
import { serviceUrl, TRAFFIC_RELEASE, type Workload } from "../domain/workload.ts";
import { chartPath, ROOT } from "../lib/paths.ts";

/** The release that the user asks for. */
export interface ReleaseRequest {
  workloads: readonly Workload[];
  registry: string;
  namespace: string;
  revision: string;
  /** Whether the registry is ECR, with its repositories and logins. */
  ecr: boolean;
  /** Delete the repositories with all their images first. */
  recreate: boolean;
  /** Sign each image and attest its SBOM. Default: false. */
  sign?: boolean;
  /** The URL of the frontend's backend. Undefined keeps the current one. */
  backend?: string | undefined;
  /** Install the stable name too, if it is not installed yet. */
  traffic: boolean;
}

/** The part of the cluster's state that a plan depends on. */
export interface ClusterState {
  /** Names of the helm releases in the namespace. */
  installed: ReadonlySet<string>;
}

export type ImageStep =
  | { kind: "repository"; name: string; recreate: boolean }
  | { kind: "login"; registry: string }
  | { kind: "image"; build: ImageBuild }
  | { kind: "sign"; image: string };

export interface DeployStep {
  kind: "deploy";
  upgrade: Upgrade;
  /** The image whose digest is deployed; undefined for a chart without pods. */
  image?: string;
}

/** A URL in the cluster, and the version that it must respond with. */
export interface VerifyStep {
  kind: "verify";
  url: string;
  version: string;
}

export interface ReleasePlan {
  images: readonly ImageStep[];
  deploys: readonly DeployStep[];
  verifies: readonly VerifyStep[];
}

/** A whole release as data. */
export function planRelease(request: ReleaseRequest, state: ClusterState): ReleasePlan {
  const { workloads, registry, namespace, ecr, recreate, sign = false } = request;
  const services = [...new Set(workloads.map(({ service }) => service))];
  const images = new Map(workloads.map((workload) => [imageOf(registry, workload), workload]));
  return {
    images: [
      ...(ecr ? services.map((name) => ({ kind: "repository", name, recreate }) as const) : []),
      ...(ecr ? [{ kind: "login", registry } as const] : []),
      ...[...images].map(([image, workload]) => imageStep(image, workload, request.revision)),
      ...(sign ? Array.from(images.keys(), (image) => ({ kind: "sign", image }) as const) : []),
    ],
    deploys: [
      ...workloads.map((workload) => deployStep(workload, request, state)),
      ...(request.traffic && !state.installed.has(TRAFFIC_RELEASE) ? [trafficStep()] : []),
    ],
    verifies: workloads.map(({ name, version }) => ({
      kind: "verify",
      url: serviceUrl(name, namespace),
      version,
    })),
  };
}

function imageOf(registry: string, { service, version }: Workload): string {
  return `${registry}/${service}:${version}`;
}

function imageStep(image: string, { service, version }: Workload, revision: string): ImageStep {
  const args = { SERVICE: service, VERSION: version, REVISION: revision };
  return {
    kind: "image",
    build: { image, dockerfile: `${ROOT}docker/Dockerfile`, context: ROOT, args },
  };
}

function deployStep(workload: Workload, request: ReleaseRequest, state: ClusterState): DeployStep {
  const { registry, traffic, namespace } = request;
  const { service, color, version, name } = workload;
  // Only the first install points a frontend at the stable name. Later its backend is the operator's choice.
  const stable = traffic && !state.installed.has(name) ? serviceUrl("echo-backend", namespace) : undefined;
  const backend = service === "echo-frontend" ? (request.backend ?? stable) : undefined;
  return {
    kind: "deploy",
    image: imageOf(registry, workload),
    upgrade: {
      release: name,
      chart: chartPath(service),
      values: { registry, color, version, ...(backend !== undefined && { backend }) },
    },
  };
}

/** The chart's defaults make blue live. */
function trafficStep(): DeployStep {
  return {
    kind: "deploy",
    upgrade: { release: TRAFFIC_RELEASE, chart: chartPath(TRAFFIC_RELEASE), values: {} },
  };
}

export type Step = ImageStep | DeployStep | VerifyStep;

/** A step as the printed plan shows it. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case "repository":
      return step.recreate
        ? `Delete the ECR repository ${step.name} with all its images, and recreate it`
        : `ECR repository ${step.name} exists, with scan on push`;
    case "login":
      return `Log in to ${step.registry}`;
    case "image":
      return `Build and push ${step.build.image}`;
    case "sign":
      return `Sign ${step.image} and attest its SBOM`;
    case "deploy":
      return `Deploy ${step.upgrade.release}${describeValues(step.upgrade.values)}`;
    case "verify":
      return `Verify that ${step.url} answers version ${step.version}`;
  }
}

function describeValues(values: Upgrade["values"]): string {
  const text = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return text.length > 0 ? ` (${text.join(", ")})` : "";
}
