import * as v from "valibot";
import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { unlessFailedWith } from "../adapters/command.ts";
import { createEcr } from "../adapters/ecr.ts";
import { ecrOf, repositoryOf } from "../adapters/ecr-host.ts";
import { FORBIDDEN } from "../adapters/kubectl.ts";
import { PROJECT_SELECTOR, RELEASES, SERVICES, SHIFT_EVENTS, TRAFFIC_RELEASE } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import { confirm, print } from "../lib/terminal.ts";
import { UNDEPLOY_NEEDS } from "./rights.ts";

export interface UndeployOptions extends ClusterOptions {
  /** Remove the ECR repositories and the jumpbox too. */
  all?: boolean;
  registry: string | undefined;
  yes?: boolean;
  /** Who shifts the traffic now; undefined if nobody does. */
  findShift: (cluster: Cluster) => Promise<string | undefined>;
}

const Named = v.object({ metadata: v.object({ name: v.string() }) });
/** The pods of `helm test`. helm keeps one that has failed, even if its release is gone. */
const TEST_PODS = `${PROJECT_SELECTOR},app.kubernetes.io/component=test`;

/**
 * Removes what these commands have created: the helm releases with the pods of their tests, and the lease and the events of the
 * shifts; with `all` the ECR repositories and the jumpbox too. Everything else in the namespace stays.
 * @throws {UserError} if a shift runs
 */
export async function undeploy(
  { all = false, yes = false, registry = "", findShift, ...options }: UndeployOptions,
  context: Context,
): Promise<void> {
  const { signal, env } = context;
  const cluster = await connectCluster(options, UNDEPLOY_NEEDS, { signal });
  await refuseDuringShift(cluster, findShift);
  const installed = (await cluster.helm.list()).map(({ name }) => name);
  const releases = installed.filter((name) => RELEASES.includes(name));
  // The lease outlives a release that someone has removed with helm alone.
  const lease = await cluster.kubectl.find(Named, ["lease", TRAFFIC_RELEASE, "-n", cluster.namespace]);
  const tests = await cluster.kubectl.list(Named, ["pods", "-n", cluster.namespace, "-l", TEST_PODS]);
  const jumpbox = all ? await cluster.jumpbox.creator() : undefined;
  const ecr = all ? ecrOf(registry, env) : undefined;
  const repositories = ecr ? SERVICES.map((service) => repositoryOf(ecr, service)) : [];
  const targets = [
    ...releases.map((name) => `release ${name}`),
    ...(lease ? [`lease ${TRAFFIC_RELEASE} with the record and the history of the shifts`] : []),
    ...repositories.map((name) => `ECR repository ${name} with all its images`),
    ...tests.map(({ metadata }) => `the pod ${metadata.name} of helm test`),
    ...(jumpbox === "us" ? ["the pod jumpbox"] : []),
  ];
  if (jumpbox === "others")
    print(
      `The pod jumpbox in namespace ${cluster.jumpbox.namespace} stays: none of these commands has created it.`,
    );
  if (targets.length === 0) return print(`Nothing to remove in namespace ${cluster.namespace}.`);
  await confirm(`This removes: ${targets.join(", ")}.`, yes, context);
  await refuseDuringShift(cluster, findShift);

  for (const release of releases) {
    await cluster.helm.uninstall(release);
    print(`Removed release ${release}.`);
  }
  for (const { metadata } of tests) {
    await cluster.kubectl.remove("pod", metadata.name, cluster.namespace);
    print(`Removed the pod ${metadata.name}.`);
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
  if (jumpbox === "us") {
    await cluster.jumpbox.remove();
    print("Removed the jumpbox.");
  }
}

/** A shift whose release disappears could not restore the traffic. */
async function refuseDuringShift(cluster: Cluster, findShift: UndeployOptions["findShift"]): Promise<void> {
  const holder = await findShift(cluster);
  if (holder === undefined) return;
  throw new UserError(
    [
      `${holder} is shifting traffic in namespace ${cluster.namespace} now. Nothing was removed.`,
      "Wait until that shift ends. If it has crashed, its lock expires within a minute.",
    ].join("\n"),
  );
}

/** Removes the events of the shifts. Without the right to do so they stay, and Kubernetes removes them within an hour. */
async function removeShiftEvents({ kubectl, namespace }: Cluster): Promise<void> {
  const events = ["events", "-n", namespace, "--field-selector", `source=${SHIFT_EVENTS}`];
  await unlessFailedWith(FORBIDDEN, kubectl.run(["delete", ...events]));
}
