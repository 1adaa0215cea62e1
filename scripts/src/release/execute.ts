import { join } from "node:path";
import { type Cosign, createCosign } from "../adapters/cosign.ts";
import { createDocker, type Docker } from "../adapters/docker.ts";
import { type DockerConfig, withDockerConfig } from "../adapters/docker-config.ts";
import { createEcr } from "../adapters/ecr.ts";
import type { Context } from "../lib/context.ts";
import { changed, type Outcome, runTasks, unchanged } from "../lib/tasks.ts";
import { withTemporaryFolder } from "../lib/temporary-folder.ts";
import type { ImageStep, RepositoryStep } from "./plan.ts";

/** The digest of each image. The image steps fill it in, and the deployments need it. */
export type Digests = Map<string, string>;

/** The path of the SBOM in an image. */
const SBOM = "/app/main.cdx.json";

interface ImageTools {
  registry: string;
  /** With the credentials for AWS and the proxies. */
  env: NodeJS.ProcessEnv;
  docker: Docker;
  cosign: Cosign;
}

/**
 * Builds, pushes and signs. A login to ECR exists only during this.
 * @param later titles of what follows, for the message of a failure
 * @returns whether an image has changed
 */
export function executeImages(
  steps: readonly ImageStep[],
  digests: Digests,
  registry: string,
  context: Context,
  later: readonly string[] = [],
): Promise<boolean> {
  const { env, signal } = context;
  const execute = (config?: DockerConfig) => {
    const login = { signal, ...(config !== undefined && { config }) };
    const tools = {
      registry,
      env,
      docker: createDocker(login),
      cosign: createCosign({ ...login, key: env.COSIGN_KEY }),
    };
    const tasks = steps.map((step) => ({
      title: step.title,
      run: () => executeImageStep(step, tools, digests),
    }));
    return runTasks(tasks, context, later);
  };
  return steps.some(({ kind }) => kind === "login") ? withDockerConfig(registry, env, execute) : execute();
}

async function executeImageStep(
  step: ImageStep,
  { registry, env, docker, cosign }: ImageTools,
  digests: Digests,
): Promise<Outcome> {
  switch (step.kind) {
    case "repository":
      return ensureRepository(step, env);
    case "login": {
      const { user, password } = await createEcr(step.ecr, env).credentials();
      await docker.login(registry, user, password);
      return unchanged("done, for this release only");
    }
    case "image": {
      const { image } = step.build;
      const before = await docker.remoteDigest(image);
      const digest = await buildAndPush(step, docker);
      digests.set(image, digest);
      return digest === before ? unchanged(`unchanged, ${digest}`) : changed(digest);
    }
    case "bake": {
      for (const [image, digest] of await docker.bake(step.bake)) digests.set(image, digest);
      return changed("pushed");
    }
    case "published": {
      digests.set(step.image, step.digest);
      return unchanged(step.digest);
    }
    case "sign": {
      const pinnedImage = `${step.image}@${digests.get(step.image)}`;
      await cosign.sign(pinnedImage);
      await withTemporaryFolder(async (folder) => {
        const sbom = join(folder, "sbom.cdx.json");
        await docker.copyOut(pinnedImage, SBOM, sbom);
        await cosign.attestSbom(pinnedImage, sbom);
      });
      return unchanged("signed");
    }
  }
}

/** @returns the digest of the image, or of an index of one image for each platform */
async function buildAndPush(
  { build, platforms }: Extract<ImageStep, { kind: "image" }>,
  docker: Docker,
): Promise<string> {
  const { image } = build;
  const [platform, ...more] = platforms;
  if (more.length === 0) {
    await docker.build({ ...build, platform });
    return docker.push(image);
  }
  // Docker's own image store holds one platform for each tag, and not every builder can push.
  const images: string[] = [];
  for (const each of platforms) {
    const tag = `${image}-${each.replace("linux/", "").replace("/", "-")}`;
    await docker.build({ ...build, image: tag, platform: each });
    images.push(`${image}@${await docker.push(tag)}`);
  }
  await docker.pushIndex(image, images);
  const digest = await docker.remoteDigest(image);
  if (digest === undefined) throw new Error(`Expected the registry to have ${image} after its push.`);
  return digest;
}

/** Makes a repository of ECR exist. */
export async function ensureRepository(step: RepositoryStep, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const outcome = await createEcr(step.ecr, env).ensureRepository(step.name, step.recreate);
  return outcome === "unchanged" ? unchanged(outcome) : changed(outcome);
}
