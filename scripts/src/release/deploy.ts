import type { Cluster } from "../adapters/cluster.ts";
import { CommandError } from "../adapters/command.ts";
import { isInProgress, type Upgrade } from "../adapters/helm.ts";
import { isUnreachable } from "../adapters/api-server.ts";
import { UserError } from "../lib/errors.ts";
import { changed, type Outcome } from "../lib/tasks.ts";
import { warningsOf } from "./events.ts";

const READY_TIMEOUT_SECONDS = 180;

export interface DeployOptions {
  /** How long the pods may take to become ready before helm rolls back. Default: 180. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

/**
 * Upgrades and waits until the pods are ready. If the API server goes away, the upgrade starts again, once.
 * @throws {UserError} with helm's message, the cluster's warnings, and the state of the release
 */
export async function deploy(
  upgrade: Upgrade,
  cluster: Cluster,
  { timeoutSeconds = READY_TIMEOUT_SECONDS, signal }: DeployOptions = {},
): Promise<Outcome> {
  const since = new Date();
  const call = () => cluster.helm.upgrade(upgrade, timeoutSeconds, signal);
  try {
    await call().catch(async (error: unknown) => {
      if (!isUnreachable(error)) throw error;
      await rollBackPending(upgrade.release, cluster);
      await call();
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const lines = await explain(error, upgrade.release, cluster, since, signal);
    throw new UserError(lines.join("\n"), { cause: error });
  }
  return changed("ready");
}

/**
 * Waits until all pods of a Deployment have its newest template and are ready.
 * @throws {UserError} with kubectl's message and the cluster's warnings
 */
export async function waitUntilReady(
  deployment: string,
  cluster: Cluster,
  { timeoutSeconds = READY_TIMEOUT_SECONDS, signal }: DeployOptions = {},
): Promise<void> {
  const since = new Date();
  const wait = ["rollout", "status", `deployment/${deployment}`, "-n", cluster.namespace];
  try {
    await cluster.kubectl.run([...wait, `--timeout=${timeoutSeconds}s`], { signal });
  } catch (error) {
    if (!(error instanceof CommandError) || error.interrupted) throw error;
    const warnings = await warningsOf(cluster, deployment, since);
    throw new UserError([`${deployment} did not become ready.`, error.message, ...warnings].join("\n"), {
      cause: error,
    });
  }
}

/** Rolls back an upgrade that was cut short. Waits for the API server. */
async function rollBackPending(release: string, { helm }: Cluster): Promise<void> {
  const status = await helm.status(release);
  if (status === "pending-install") await helm.uninstall(release);
  else if (status?.startsWith("pending-")) await helm.rollback(release);
}

async function explain(
  error: CommandError,
  release: string,
  cluster: Cluster,
  since: Date,
  signal?: AbortSignal,
): Promise<string[]> {
  const helm = cluster.helm.command;
  const failure = `${release} did not become ready`;
  if (isInProgress(error))
    return [
      `${failure}: another release of it is in progress, or was killed. If none is running: ${helm} rollback ${release}`,
      error.message,
    ];
  try {
    // helm rolls back by itself, unless it was interrupted or could not reach the API server.
    if (signal?.aborted || isUnreachable(error)) await rollBackPending(release, cluster);
    const state = describeState(await cluster.helm.status(release), `${helm} rollback ${release}`);
    return [`${failure}; ${state}`, error.message, ...(await warningsOf(cluster, release, since))];
  } catch (cause) {
    if (!isUnreachable(cause)) throw cause;
    return [`${failure}, and its state is unknown. See: ${helm} status ${release}`, error.message];
  }
}

function describeState(status: string | undefined, rollback: string): string {
  if (status === undefined) return "it was removed again.";
  if (status === "deployed") return "the previous version is back.";
  return `the release is ${status}. Restore the previous version: ${rollback}`;
}
