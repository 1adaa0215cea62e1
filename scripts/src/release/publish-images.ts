import { checkDocker, checkRegistry } from "../adapters/checks.ts";
import { createCosign } from "../adapters/cosign.ts";
import { ecrOf } from "../adapters/ecr-host.ts";
import { revision } from "../adapters/git.ts";
import { COLORS } from "../domain/color.ts";
import { workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { ROOT } from "../lib/paths.ts";
import { preflight } from "../lib/preflight.ts";
import { printPlan } from "../lib/tasks.ts";
import { executeImages } from "./execute.ts";
import { imageOf, type ImageRequest, type ImageStep, imageSteps } from "./plan.ts";

/** The files that define the images of `pnpm images`, for all platforms. */
const FILES = ["services/versions.json", "docker/docker-bake.hcl"];

export interface PublishImagesOptions {
  /** Undefined is reported together with everything else that is missing. */
  registry: string | undefined;
  /** False does not sign the images. Default: sign them if cosign is installed. */
  sign?: boolean;
  dryRun?: boolean;
}

/** Builds all images for all platforms and pushes them, so that `pnpm release --from` deploys them without docker. */
export async function publishImages(options: PublishImagesOptions, context: Context): Promise<void> {
  const { registry = "", sign = true, dryRun } = options;
  await preflight([checkDocker(), checkRegistry(registry)]);
  const plan = planImages({
    workloads: [...COLORS.map((color) => workload("echo-backend", color)), workload("echo-frontend", "blue")],
    registry,
    revision: await revision(ROOT),
    ecr: ecrOf(registry, context.env),
    sign: sign && (await createCosign().isInstalled()),
  });
  if (dryRun) return printPlan(plan);
  await executeImages(plan, new Map(), registry, context);
}

/** Everything that publishes these images, as data. */
export function planImages(request: ImageRequest): ImageStep[] {
  const { workloads, registry, revision: commit } = request;
  const names = workloads.map((each) => imageOf(registry, each));
  const title = `Build and push ${names.join(", ")} for amd64 and arm64, with SBOM and provenance`;
  const bake = { files: FILES, context: ROOT, variables: { REGISTRY: registry, REVISION: commit } };
  return imageSteps(request, [{ kind: "bake", title, bake }]);
}
