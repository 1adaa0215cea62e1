import { CommandError } from "../adapters/command.ts";
import { createDocker } from "../adapters/docker.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { PreflightError, type Problem } from "../errors.ts";

const REGISTRY = /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*$/;

/** Which tools a command needs. */
export interface Needs {
  cluster: Cluster;
  /** Set where images are built and pushed. */
  registry?: string | undefined;
  images?: boolean;
}

/** Finds everything that is missing before anything is changed. @throws {PreflightError} with all of it */
export async function preflight({ cluster, registry, images = false }: Needs): Promise<void> {
  const checks = [
    checkTool("helm", cluster.helm.version, "Install it: https://helm.sh/docs/intro/install/"),
    checkKubectl(cluster),
    ...(images ? [checkDocker(), checkRegistry(registry)] : []),
  ];
  const problems = (await Promise.all(checks)).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new PreflightError(problems);
}

export async function checkTool(
  name: string,
  call: () => Promise<string>,
  remedy: string,
): Promise<Problem | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return {
      problem: error.missing ? `${name} is not installed` : `${name} does not work: ${lastLine(error)}`,
      remedy,
    };
  }
}

async function checkKubectl({ kubectl }: Cluster): Promise<Problem | undefined> {
  const missing = await checkTool(
    "kubectl",
    kubectl.clientVersion,
    "Install it: https://kubernetes.io/docs/tasks/tools/",
  );
  if (missing) return missing;
  const unreachable = await checkTool(
    "the cluster",
    kubectl.reachCluster,
    "Point KUBECONFIG (or --context) at a running cluster; `kubectl get nodes` must answer. A local one: `pnpm cluster:kind`.",
  );
  return (
    unreachable && {
      ...unreachable,
      problem: unreachable.problem.replace("does not work", "is not reachable"),
    }
  );
}

export async function checkDocker(): Promise<Problem | undefined> {
  const docker = createDocker();
  return (
    (await checkTool(
      "docker",
      docker.engineVersion,
      "Install Docker and start its engine: `docker version` must show a server.",
    )) ??
    checkTool(
      "docker buildx",
      docker.buildxVersion,
      "The build needs BuildKit: install the buildx plugin, https://docs.docker.com/go/buildx/",
    )
  );
}

async function checkRegistry(registry: string | undefined): Promise<Problem | undefined> {
  const example = "123456789012.dkr.ecr.us-east-1.amazonaws.com, or localhost:5000 for a local registry";
  if (!registry)
    return {
      problem: "no registry is set",
      remedy: `Set EKS_ECR_REGISTRY or give --registry: ${example}.`,
    };
  if (!REGISTRY.test(registry))
    return {
      problem: `the registry ${JSON.stringify(registry)} is not one`,
      remedy: `It is a host, with a port or path where needed, and no https://: ${example}.`,
    };
  return undefined;
}

function lastLine(error: CommandError): string {
  return error.stderr.split("\n").at(-1) ?? error.message;
}
