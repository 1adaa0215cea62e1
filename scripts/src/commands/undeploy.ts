import { createEcr, usesEcr } from "../adapters/ecr.ts";
import { type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { SERVICES, TRAFFIC_RELEASE } from "../names.ts";
import { preflight } from "../release/preflight.ts";
import { confirm, print } from "../terminal.ts";

const RELEASE = /^echo-(backend|frontend)-/;

export interface UndeployOptions extends ClusterOptions {
  all?: boolean;
  registry?: string;
  yes?: boolean;
}

/** Removes the helm releases; with `all` the ECR repositories and the jumpbox too. */
export async function undeploy({ all = false, yes = false, ...options }: UndeployOptions): Promise<void> {
  const cluster = openCluster(options);
  await preflight({ cluster });
  const names = (await cluster.helm.list()).map(({ name }) => name);
  const releases = names.filter((name) => RELEASE.test(name) || name === TRAFFIC_RELEASE);
  const registry = options.registry ?? process.env.EKS_ECR_REGISTRY ?? "";
  const repositories = all && usesEcr(registry) ? SERVICES : [];
  const targets = [
    ...releases.map((name) => `release ${name}`),
    ...repositories.map((name) => `ECR repository ${name} with all its images`),
    ...(all ? ["the pod jumpbox"] : []),
  ];
  if (targets.length === 0) return print(`Nothing to remove in namespace ${cluster.namespace}.`);
  await confirm(`This removes: ${targets.join(", ")}.`, yes);

  for (const release of releases) {
    await cluster.helm.uninstall(release);
    print(`Removed release ${release}.`);
  }
  for (const name of repositories) {
    const removed = await createEcr(registry).deleteRepository(name);
    print(removed ? `Removed ECR repository ${name}.` : `There was no ECR repository ${name}.`);
  }
  if (all) {
    await cluster.jumpbox.remove();
    print("Removed the jumpbox.");
  }
}
