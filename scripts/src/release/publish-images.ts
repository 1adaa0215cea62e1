import { checkDocker, checkRegistry } from "../adapters/checks.ts";
import { createCosign } from "../adapters/cosign.ts";
import { createDocker, type Docker } from "../adapters/docker.ts";
import { ecrOf } from "../adapters/ecr-host.ts";
import { revision } from "../adapters/git.ts";
import { DEFAULT_WORKLOADS, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { ROOT } from "../lib/paths.ts";
import { type Check, preflight } from "../lib/preflight.ts";
import { printPlan } from "../lib/tasks.ts";
import { executeImages } from "./execute.ts";
import { checkBuilder } from "./platforms.ts";
import { imageOf, type ImageRequest, type ImageStep, imageSteps } from "./plan.ts";

/** The files that define the images of `pnpm images`, for all platforms. */
const FILES = ["services/versions.json", "docker/docker-bake.hcl"];
/** As in docker/docker-bake.hcl. */
const PLATFORMS = ["linux/amd64", "linux/arm64"];

export interface PublishImagesOptions {
  /** Undefined is reported together with everything else that is missing. */
  registry: string | undefined;
  /** Publish only the backend, with this version. Default: all images, with the versions of services/versions.json. */
  version?: string;
  /** False does not sign the images. Default: sign them if cosign is installed. */
  sign?: boolean;
  dryRun?: boolean;
}

/** Builds images for all platforms and pushes them, so that `pnpm release --from` deploys them without docker. */
export async function publishImages(options: PublishImagesOptions, context: Context): Promise<void> {
  const { registry = "", version, sign = true, dryRun } = options;
  await preflight([checkDocker(), checkRegistry(registry)]);
  const docker = createDocker({ signal: context.signal });
  await preflight([checkBuilder(PLATFORMS, docker), checkTogether(docker)]);
  const plan = planImages({
    workloads: version === undefined ? DEFAULT_WORKLOADS : [workload("echo-backend", "blue", version)],
    version,
    registry,
    revision: await revision(ROOT),
    ecr: ecrOf(registry, context.env),
    sign: sign && (await createCosign().isInstalled()),
  });
  if (dryRun) return printPlan(plan);
  await executeImages(plan, new Map(), registry, context);
}

/** Whether one build makes an image for all platforms. */
async function checkTogether(docker: Pick<Docker, "buildsTogether">): Check {
  if (await docker.buildsTogether()) return undefined;
  return {
    problem: "docker's default builder cannot build for several platforms at once",
    remedy: "Create one that can, and use it: docker buildx create --use",
  };
}

/**
 * Everything that publishes these images, as data.
 * @param request with `version`, if only the backend's image is built
 */
export function planImages(request: ImageRequest & { version?: string | undefined }): ImageStep[] {
  const { workloads, registry, revision: commit, version } = request;
  const names = workloads.map((each) => imageOf(registry, each));
  const title = `Build and push ${names.join(", ")} for amd64 and arm64, with SBOM and provenance`;
  const variables = { REGISTRY: registry, REVISION: commit };
  const bake = { files: FILES, context: ROOT, variables };
  // An image has no colour: the target of blue builds any version of the backend.
  const backend = version !== undefined && {
    targets: ["blue"],
    variables: { ...variables, BLUE_VERSION: version },
  };
  return imageSteps(request, [{ kind: "bake", title, bake: { ...bake, ...backend } }]);
}
