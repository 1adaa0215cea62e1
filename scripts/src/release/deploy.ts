import { CommandError } from "../adapters/command.ts";
import { isInProgress, type Upgrade } from "../adapters/helm.ts";
import { isUnreachable } from "../adapters/patience.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { warningsOf } from "../cluster/events.ts";
import { UserError } from "../errors.ts";
import { changed, type Outcome } from "./outcome.ts";

const READY_TIMEOUT_SECONDS = 180;

export interface DeployOptions {
  /** How long it may take to become ready before it is rolled back. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

/**
 * Upgrades and waits; begins anew, once, where the API server was away.
 * @throws {UserError} with helm's words, the cluster's own about the failure, and what is left
 */
export async function deploy(
  upgrade: Upgrade,
  cluster: Cluster,
  { timeoutSeconds = READY_TIMEOUT_SECONDS, signal }: DeployOptions = {},
): Promise<Outcome> {
  const since = new Date();
  try {
    await resumed(() => cluster.helm.upgrade(upgrade, timeoutSeconds, signal), upgrade.release, cluster);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const lines = await explain(error, upgrade.release, cluster, { since, interrupted: signal?.aborted });
    throw new UserError(lines.join("\n"), { cause: error });
  }
  return changed("ready");
}

async function resumed(call: () => Promise<void>, release: string, cluster: Cluster): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    await clearPending(release, cluster);
    await call();
  }
}

/** Takes back what an upgrade of ours left half done. Waits for the API server. */
async function clearPending(release: string, { helm }: Cluster): Promise<void> {
  const status = await helm.status(release);
  if (status === "pending-install") await helm.uninstall(release);
  else if (status?.startsWith("pending-")) await helm.rollback(release);
}

async function explain(
  error: CommandError,
  release: string,
  cluster: Cluster,
  { since, interrupted = false }: { since: Date; interrupted: boolean | undefined },
): Promise<string[]> {
  const helm = `helm -n ${cluster.namespace}`;
  const failure = `${release} did not become ready`;
  if (isInProgress(error))
    return [
      `${failure}: someone is releasing it now, or was killed in the middle. Where nobody is: ${helm} rollback ${release}`,
      error.message,
    ];
  try {
    // After any other failure helm itself has rolled back.
    if (interrupted || isUnreachable(error)) await clearPending(release, cluster);
    const left = describeLeft(await cluster.helm.status(release), `${helm} rollback ${release}`);
    return [`${failure}; ${left}`, error.message, ...(await warningsOf(cluster, release, since))];
  } catch (cause) {
    if (!isUnreachable(cause)) throw cause;
    return [`${failure}, and what is left could not be asked. See: ${helm} status ${release}`, error.message];
  }
}

function describeLeft(status: string | undefined, rollback: string): string {
  if (status === undefined) return "nothing of it is left.";
  if (status === "deployed") return "what was there before is back.";
  return `it is left as ${status}. Bring back what was there before: ${rollback}`;
}
