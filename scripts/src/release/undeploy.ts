import * as v from "valibot";
import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { unlessFailedWith } from "../adapters/command.ts";
import { createEcr } from "../adapters/ecr.ts";
import { ecrOf, repositoryOf } from "../adapters/ecr-host.ts";
import { RELEASES, SERVICES, SHIFT_EVENTS, TRAFFIC_RELEASE } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { confirm, print } from "../lib/terminal.ts";
import { UNDEPLOY_NEEDS } from "./rights.ts";

export interface UndeployOptions extends ClusterOptions {
  /** Remove the ECR repositories and the jumpbox too. */
  all?: boolean;
  registry: string | undefined;
  yes?: boolean;
}

const Lease = v.object({ metadata: v.object({ name: v.string() }) });
const NO_RIGHT = /^Error from server \(Forbidden\): /m;

/** Removes the helm releases, and the lease and the events of the shifts; with `all` the ECR repositories and the jumpbox too. */
export async function undeploy(
  { all = false, yes = false, registry = "", ...options }: UndeployOptions,
  context: Context,
): Promise<void> {
  const { signal, env } = context;
  const cluster = await connectCluster(options, UNDEPLOY_NEEDS, { signal });
  const installed = (await cluster.helm.list()).map(({ name }) => name);
  const releases = installed.filter((name) => RELEASES.includes(name));
  // The lease outlives a release that someone has removed with helm alone.
  const lease = await cluster.kubectl.find(Lease, ["lease", TRAFFIC_RELEASE, "-n", cluster.namespace]);
  const ecr = all ? ecrOf(registry, env) : undefined;
  const repositories = ecr ? SERVICES.map((service) => repositoryOf(ecr, service)) : [];
  const targets = [
    ...releases.map((name) => `release ${name}`),
    ...(lease ? [`lease ${TRAFFIC_RELEASE} with the record and the history of the shifts`] : []),
    ...repositories.map((name) => `ECR repository ${name} with all its images`),
    ...(all ? ["the pod jumpbox"] : []),
  ];
  if (targets.length === 0) return print(`Nothing to remove in namespace ${cluster.namespace}.`);
  await confirm(`This removes: ${targets.join(", ")}.`, yes, context);

  for (const release of releases) {
    await cluster.helm.uninstall(release);
    print(`Removed release ${release}.`);
  }
  if (lease) {
    await cluster.kubectl.remove("lease", TRAFFIC_RELEASE, cluster.namespace);
    print(`Removed lease ${TRAFFIC_RELEASE}.`);
    await removeShiftEvents(cluster);
  }
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

/** Removes the events of the shifts. Without the right to do so they stay, and Kubernetes removes them within an hour. */
async function removeShiftEvents({ kubectl, namespace }: Cluster): Promise<void> {
  const events = ["events", "-n", namespace, "--field-selector", `source=${SHIFT_EVENTS}`];
  await unlessFailedWith(NO_RIGHT, kubectl.run(["delete", ...events]));
}
