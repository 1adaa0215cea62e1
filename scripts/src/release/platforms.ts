import type { Cluster } from "../adapters/cluster.ts";
import type { Docker } from "../adapters/docker.ts";
import { nodePlatforms } from "../adapters/nodes.ts";
import { UserError } from "../lib/errors.ts";
import { type Check, preflight, PreflightError } from "../lib/preflight.ts";

/**
 * The platforms to build images for: those of the cluster's nodes, or those that the user wants.
 * @returns undefined if nobody knows: the builder's own platform then
 * @throws {UserError} if no node could run the images
 * @throws {PreflightError} if the builder cannot produce a platform
 */
export async function choosePlatforms(
  wanted: readonly string[] | undefined,
  { kubectl }: Pick<Cluster, "kubectl">,
  docker: Pick<Docker, "builderPlatforms">,
): Promise<readonly string[] | undefined> {
  const nodes = await nodePlatforms(kubectl);
  if (!nodes && !wanted) {
    warn("This user may not list the nodes, so their platforms are unknown.");
    warn(
      "The images are built for the builder's own platform. If the nodes differ, use --platform linux/amd64.",
    );
    return undefined;
  }
  const platforms = wanted ?? nodes ?? [];
  const missed = nodes?.filter((platform) => !platforms.includes(platform)) ?? [];
  if (nodes && missed.length === nodes.length)
    throw new UserError(
      `Invalid --platform ${platforms.join(",")}: the cluster's nodes have ${nodes.join(" and ")}. Use that, or leave the option out.`,
    );
  if (missed.length > 0)
    warn(`The images do not run on the nodes with ${missed.join(" and ")}: --platform leaves them out.`);
  await preflight([checkBuilder(platforms, docker)]);
  return platforms;
}

/**
 * Compares published images with the cluster's nodes, if both are known.
 * @throws {PreflightError} if no node could run an image
 */
export async function checkPublishedPlatforms(
  images: ReadonlyMap<string, { platforms: readonly string[] }>,
  { kubectl }: Pick<Cluster, "kubectl">,
): Promise<void> {
  const nodes = (await nodePlatforms(kubectl)) ?? [];
  const lacking = Array.from(images, ([image, { platforms }]) => ({
    image,
    platforms,
    missed: platforms.length === 0 ? [] : nodes.filter((node) => !platforms.includes(node)),
  })).filter(({ missed }) => missed.length > 0);
  const useless = lacking.filter(({ missed }) => missed.length === nodes.length);
  if (useless.length > 0)
    throw new PreflightError(
      useless.map(({ image, platforms }) => ({
        problem: `${image} is for ${platforms.join(" and ")}, but the cluster's nodes have ${nodes.join(" and ")}`,
        remedy: "Publish it for the nodes too: pnpm publish:images. See docs/without-docker.md.",
      })),
    );
  for (const { image, missed } of lacking)
    warn(`${image} does not run on the nodes with ${missed.join(" and ")}.`);
}

/** Whether the builder can build for these platforms. */
export async function checkBuilder(
  platforms: readonly string[],
  docker: Pick<Docker, "builderPlatforms">,
): Check {
  const able = await docker.builderPlatforms();
  const unable = platforms.filter((platform) => !able.includes(platform));
  // A builder that names no platform may be able to.
  if (able.length === 0 || unable.length === 0) return undefined;
  const install = unable.map((platform) => platform.replace("linux/", "")).join(",");
  return {
    problem: `the docker builder cannot build for ${unable.join(" and ")}, only for ${able.join(", ")}`,
    remedy: `Enable it: docker run --privileged --rm tonistiigi/binfmt --install ${install}`,
  };
}

function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}
