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
import { changed, type Outcome, runTasks } from "../lib/tasks.ts";
import { confirm, print } from "../lib/terminal.ts";
import { CHART_REPOSITORIES } from "./publish-charts.ts";
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

/** Something that these commands have created. */
interface Target {
  /** For the user, such as `the release echo-traffic`. */
  name: string;
  remove: () => Promise<Outcome>;
}

/**
 * Removes what these commands have created: the helm releases with the pods of their tests, and the lease and the events of the
 * shifts; with `all` the ECR repositories and the jumpbox too. Everything else in the namespace stays.
 * @throws {UserError} if a shift runs
 */
export async function undeploy(
  { all = false, yes = false, registry = "", findShift, ...options }: UndeployOptions,
  context: Context,
): Promise<void> {
  const needs = { ...UNDEPLOY_NEEDS, removesJumpbox: all };
  const cluster = await connectCluster(options, needs, { signal: context.signal });
  await refuseDuringShift(cluster, findShift);
  const targets = [
    ...(await releasesIn(cluster)),
    ...(await testPodsIn(cluster)),
    ...(await leaseIn(cluster)),
    ...(all ? [...(await repositoriesIn(registry, context.env)), ...(await ourJumpbox(cluster))] : []),
  ];
  if (targets.length === 0) return print(`Nothing to remove in namespace ${cluster.namespace}.`);
  await confirm(`This removes: ${targets.map(({ name }) => name).join(", ")}.`, yes, context);
  await refuseDuringShift(cluster, findShift);
  await runTasks(
    targets.map(({ name, remove }) => ({ title: `Remove ${name}`, run: remove })),
    context,
  );
}

async function releasesIn({ helm }: Cluster): Promise<Target[]> {
  const installed = (await helm.list()).map(({ name }) => name);
  const ours = installed.filter((name) => RELEASES.includes(name));
  return ours.map((name) => target(`the release ${name}`, () => helm.uninstall(name)));
}

async function testPodsIn({ kubectl, namespace }: Cluster): Promise<Target[]> {
  const pods = await kubectl.list(Named, ["pods", "-n", namespace, "-l", TEST_PODS]);
  return pods.map(({ metadata: { name } }) =>
    target(`the pod ${name} of helm test`, () => kubectl.remove("pod", name, namespace)),
  );
}

/** The lease outlives a release that someone has removed with helm alone. */
async function leaseIn(cluster: Cluster): Promise<Target[]> {
  const { kubectl, namespace } = cluster;
  if (!(await kubectl.find(Named, ["lease", TRAFFIC_RELEASE, "-n", namespace]))) return [];
  const remove = async () => {
    await removeShiftEvents(cluster);
    await kubectl.remove("lease", TRAFFIC_RELEASE, namespace);
  };
  return [
    target(`the lease ${TRAFFIC_RELEASE} with the record, the history and the events of the shifts`, remove),
  ];
}

async function repositoriesIn(registry: string, env: NodeJS.ProcessEnv): Promise<Target[]> {
  const place = ecrOf(registry, env);
  if (!place) return [];
  const ecr = createEcr(place, env);
  const names = [...SERVICES, ...CHART_REPOSITORIES].map((name) => repositoryOf(place, name));
  return (await ecr.findRepositories(names)).map((name) =>
    target(`the ECR repository ${name} with everything in it`, () => ecr.deleteRepository(name)),
  );
}

/** The jumpbox, unless somebody else has created it. */
async function ourJumpbox({ jumpbox }: Cluster): Promise<Target[]> {
  const creator = await jumpbox.creator();
  if (creator === "us") return [target("the pod jumpbox", jumpbox.remove)];
  if (creator === "others")
    print(`The pod jumpbox in namespace ${jumpbox.namespace} stays: none of these commands has created it.`);
  return [];
}

function target(name: string, remove: () => Promise<unknown>): Target {
  return { name, remove: () => remove().then(() => changed("removed")) };
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
