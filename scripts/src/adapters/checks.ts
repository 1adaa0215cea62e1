import type { Needs } from "../domain/rights.ts";
import { UserError } from "../lib/errors.ts";
import { type Check, type Problem, preflight } from "../lib/preflight.ts";
import { type Cluster, type ClusterOptions, openCluster } from "./cluster.ts";
import { CommandError } from "./command.ts";
import { isDevRunning } from "./local-control.ts";
import { createDocker } from "./docker.ts";
import { checkRights } from "./rights.ts";

/** Whether a tool works. `failure` is what to say of one that is installed and does not. */
export async function checkTool(
  name: string,
  call: () => Promise<string>,
  remedy: string,
  failure = "does not work",
): Check {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError) || (error instanceof CommandError && error.interrupted)) throw error;
    const reason = (error instanceof CommandError && error.stderr.split("\n").at(-1)) || error.message;
    const missing = error instanceof CommandError && error.missing;
    return { problem: missing ? `${name} is not installed` : `${name} ${failure}: ${reason}`, remedy };
  }
}

/** A check that needs the API server. */
type ClusterCheck = (cluster: Cluster) => Check;

export interface ConnectOptions {
  signal?: AbortSignal;
  /** Checks that need no cluster. They run already. */
  more?: readonly Check[];
  /** Checks that need one. They run if it responds, besides that of the rights. */
  inCluster?: readonly ClusterCheck[];
}

/**
 * Opens a cluster that can be reached, for a command that has all rights it needs.
 * @throws {PreflightError} with every problem
 */
export async function connectCluster(
  options: ClusterOptions,
  needs: Needs,
  { signal, more = [], inCluster = [] }: ConnectOptions = {},
): Promise<Cluster> {
  const cluster = openCluster(options, signal);
  const rights: ClusterCheck = () => checkRights(cluster, needs);
  await preflight([...checkCluster(cluster, [rights, ...inCluster]), ...more]);
  return cluster;
}

/** What every command on a cluster needs, and then what it needs of a cluster that responds. */
export function checkCluster(cluster: Cluster, inCluster: readonly ClusterCheck[] = []): Check[] {
  const reachable = checkReachable(cluster);
  return [
    checkHelm(cluster.helm.version),
    reachable.then(suggestLocal),
    ...inCluster.map(async (check) => ((await reachable) ? undefined : check(cluster))),
  ];
}

async function checkReachable({ kubectl }: Cluster): Check {
  const install = "Install it: https://kubernetes.io/docs/tasks/tools/";
  const pointAt =
    "Point KUBECONFIG (or --context) at a running cluster; `kubectl get nodes` must work. A local one: `pnpm cluster:kind`.";
  const problem = await checkTool("the cluster", kubectl.serverVersion, pointAt, "is not reachable");
  return problem && ((await checkTool("kubectl", kubectl.clientVersion, install)) ?? problem);
}

/** What installing and publishing charts needs. */
export function checkHelm(version: () => Promise<string>): Check {
  return checkTool("helm", version, "Install it: https://helm.sh/docs/intro/install/");
}

/** Without a cluster, the user may mean the running `pnpm dev`. */
async function suggestLocal(problem: Problem | undefined): Check {
  if (!problem || !(await isDevRunning())) return problem;
  return {
    ...problem,
    remedy: `${problem.remedy}\n    \`pnpm dev\` runs on this machine: \`pnpm shift --local\` moves its traffic.`,
  };
}

/** What building images needs. */
export async function checkDocker(): Check {
  const { engineVersion, buildxVersion } = createDocker();
  const start = "Install Docker and start its engine: `docker version` must show a server.";
  const buildx = "The build needs BuildKit: install the buildx plugin, https://docs.docker.com/go/buildx/";
  return (
    (await checkTool("docker", engineVersion, start)) ?? checkTool("docker buildx", buildxVersion, buildx)
  );
}

/** What pushing images needs. */
export async function checkRegistry(registry: string | undefined): Check {
  const remedy =
    "Set EKS_ECR_REGISTRY or use --registry: 123456789012.dkr.ecr.us-east-1.amazonaws.com, or localhost:5000 for a local registry.";
  return registry ? undefined : { problem: "no registry is set", remedy };
}
