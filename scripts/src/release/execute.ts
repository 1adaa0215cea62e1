import { join } from "node:path";
import type { Cosign } from "../adapters/cosign.ts";
import type { Docker } from "../adapters/docker.ts";
import { createEcr } from "../adapters/ecr.ts";
import type { Upgrade } from "../adapters/helm.ts";
import { CommandError } from "../adapters/command.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { withTemporaryFolder } from "../temporary-folder.ts";
import { waitFor } from "../wait.ts";
import { answeredVersion } from "./answer.ts";
import { changed, type Outcome, unchanged } from "./outcome.ts";
import type { DeployStep, ImageStep, VerifyStep } from "./plan.ts";

const VERIFY_TIMEOUT_MS = 30_000;

/** What the image steps find out and the deployments need: the digest of each image. */
export type Digests = Map<string, string>;

/** Where the SBOM of an image stands inside it. */
const SBOM = "/app/main.cdx.json";

export interface ImageTools {
  registry: string;
  docker: Docker;
  cosign: Cosign;
}

export async function executeImageStep(
  step: ImageStep,
  { registry, docker, cosign }: ImageTools,
  digests: Digests,
): Promise<Outcome> {
  switch (step.kind) {
    case "repository": {
      const outcome = await createEcr(registry).ensureRepository(step.name, step.recreate);
      return outcome === "unchanged" ? unchanged("it does") : changed(outcome);
    }
    case "login": {
      const { user, password } = await createEcr(registry).credentials();
      await docker.login(step.registry, user, password);
      return unchanged("done, for this release alone");
    }
    case "image": {
      const { image } = step.build;
      await docker.build(step.build);
      const before = await docker.remoteDigest(image);
      const digest = await docker.push(image);
      digests.set(image, digest);
      return digest === before ? unchanged(`unchanged, ${digest}`) : changed(digest);
    }
    case "sign": {
      const pinnedImage = `${step.image}@${digests.get(step.image)}`;
      await cosign.sign(pinnedImage);
      await withTemporaryFolder(async (folder) => {
        const sbom = join(folder, "sbom.cdx.json");
        await docker.copyOut(step.image, SBOM, sbom);
        await cosign.attestSbom(pinnedImage, sbom);
      });
      return unchanged("signed");
    }
  }
}

/** The upgrade with its image pinned by digest. */
export function pinned({ upgrade, image }: DeployStep, digests: Digests): Upgrade {
  const digest = image === undefined ? undefined : digests.get(image);
  return { ...upgrade, values: { ...upgrade.values, ...(digest !== undefined && { digest }) } };
}

/** Whether an upgrade would change anything in the cluster. */
export async function wouldChange(upgrade: Upgrade, { helm }: Cluster): Promise<boolean> {
  const [installed, wanted] = await Promise.all([
    helm.installedManifest(upgrade.release),
    helm.preview(upgrade),
  ]);
  return installed !== wanted;
}

/** Whether all pods of a workload are of its newest template, and ready. */
export async function isRolledOut(deployment: string, { kubectl, namespace }: Cluster): Promise<boolean> {
  try {
    await kubectl.run(["rollout", "status", `deployment/${deployment}`, "-n", namespace, "--timeout=5s"]);
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}

/** Asks through the jumpbox until the released version answers. Pods of the one before may still be draining. */
export async function verify({ url, version }: VerifyStep, { jumpbox }: Cluster): Promise<Outcome> {
  let last: string | undefined;
  const answered = await waitFor(
    async () => {
      last = await jumpbox.curl(url);
      return answeredVersion(last) === version ? last : undefined;
    },
    { timeoutMs: VERIFY_TIMEOUT_MS },
  );
  if (answered === undefined)
    throw new UserError(`${url} must answer version ${version}, but answered: ${last ?? "nothing"}`);
  return unchanged(answered.trim());
}
