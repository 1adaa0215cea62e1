import { docker } from "../adapters/docker.ts";
import { createEcr } from "../adapters/ecr.ts";
import type { Upgrade } from "../adapters/helm.ts";
import { CommandError } from "../adapters/command.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { warningsOf } from "../cluster/events.ts";
import { UserError } from "../errors.ts";
import { waitFor } from "../wait.ts";
import { answeredVersion } from "./answer.ts";
import type { DeployStep, ImageStep, VerifyStep } from "./plan.ts";

const READY_TIMEOUT_SECONDS = 180;
const VERIFY_TIMEOUT_MS = 30_000;

/** What a step did, in a few words; `changed` false means that all was already as it should be. */
export interface Outcome {
  changed: boolean;
  note: string;
}

const unchanged = (note: string): Outcome => ({ changed: false, note });
const changed = (note: string): Outcome => ({ changed: true, note });

/** What the image steps find out and the deployments need: the digest of each image. */
export type Digests = Map<string, string>;

export async function executeImageStep(
  step: ImageStep,
  registry: string,
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
      return unchanged("done");
    }
    case "image": {
      const { image } = step.build;
      await docker.build(step.build);
      const before = await docker.remoteDigest(image);
      const digest = await docker.push(image);
      digests.set(image, digest);
      return digest === before ? unchanged(`unchanged, ${digest}`) : changed(digest);
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

export interface DeployOptions {
  /** How long it may take to become ready before it is rolled back. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

/** Upgrades and waits; what the cluster said about a failure is added to helm's own words. */
export async function deploy(
  upgrade: Upgrade,
  cluster: Cluster,
  { timeoutSeconds = READY_TIMEOUT_SECONDS, signal }: DeployOptions = {},
): Promise<Outcome> {
  const since = new Date();
  try {
    await cluster.helm.upgrade(upgrade, timeoutSeconds, signal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const warnings = await warningsOf(cluster, upgrade.release, since);
    throw new UserError(
      [
        `${upgrade.release} did not become ready; what was there before is back.`,
        error.message,
        ...warnings,
      ].join("\n"),
      { cause: error },
    );
  }
  return changed("ready");
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
