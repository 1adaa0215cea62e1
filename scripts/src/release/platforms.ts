import type { Cluster } from "../adapters/cluster.ts";
import type { Docker } from "../adapters/docker.ts";
import { nodePlatforms } from "../adapters/nodes.ts";
import { UserError } from "../lib/errors.ts";
import { PreflightError } from "../lib/preflight.ts";

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
  await checkBuilder(platforms, docker);
  return platforms;
}

async function checkBuilder(platforms: readonly string[], docker: Pick<Docker, "builderPlatforms">) {
  const able = await docker.builderPlatforms();
  const unable = platforms.filter((platform) => !able.includes(platform));
  // A builder that names no platform may be able to.
  if (able.length === 0 || unable.length === 0) return;
  const install = unable.map((platform) => platform.replace("linux/", "")).join(",");
  throw new PreflightError([
    {
      problem: `the docker builder cannot build for ${unable.join(" and ")}, only for ${able.join(", ")}`,
      remedy: `Enable it: docker run --privileged --rm tonistiigi/binfmt --install ${install}`,
    },
  ]);
}

function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}
