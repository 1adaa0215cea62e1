import { connectCluster } from "../adapters/checks.ts";
import type { ClusterOptions } from "../adapters/cluster.ts";
import { createEcr } from "../adapters/ecr.ts";
import { ecrOf, repositoryOf } from "../adapters/ecr-host.ts";
import { RELEASES, SERVICES, TRAFFIC_RELEASE } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { confirm, print } from "../lib/terminal.ts";

export interface UndeployOptions extends ClusterOptions {
  /** Remove the ECR repositories and the jumpbox too. */
  all?: boolean;
  registry: string | undefined;
  yes?: boolean;
}

/** Removes the helm releases; with `all` the ECR repositories and the jumpbox too. */
export async function undeploy(
  { all = false, yes = false, registry = "", ...options }: UndeployOptions,
  context: Context,
): Promise<void> {
  const { signal, env } = context;
  const cluster = await connectCluster(options, { signal });
  const installed = (await cluster.helm.list()).map(({ name }) => name);
  const releases = installed.filter((name) => RELEASES.includes(name));
  const ecr = all ? ecrOf(registry, env) : undefined;
  const repositories = ecr ? SERVICES.map((service) => repositoryOf(ecr, service)) : [];
  const targets = [
    ...releases.map((name) => `release ${name}`),
    ...repositories.map((name) => `ECR repository ${name} with all its images`),
    ...(all ? ["the pod jumpbox"] : []),
  ];
  if (targets.length === 0) return print(`Nothing to remove in namespace ${cluster.namespace}.`);
  await confirm(`This removes: ${targets.join(", ")}.`, yes, context);

  for (const release of releases) {
    await cluster.helm.uninstall(release);
    print(`Removed release ${release}.`);
  }
  // The lock and the record of the shifts mean nothing without the stable name.
  if (releases.includes(TRAFFIC_RELEASE))
    await cluster.kubectl.remove("lease", TRAFFIC_RELEASE, cluster.namespace);
  if (ecr)
    for (const name of repositories) {
      signal.throwIfAborted();
      const removed = await createEcr(ecr, env).deleteRepository(name);
      print(removed ? `Removed ECR repository ${name}.` : `ECR repository ${name} does not exist.`);
    }
  if (all) {
    await cluster.jumpbox.remove();
    print("Removed the jumpbox.");
  }
}
