// The state that a test file starts from. No file relies on what another left, so the files run in any order.
import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import { parseJson } from "../../src/adapters/command.ts";
import { ecrOf } from "../../src/adapters/ecr-host.ts";
import { revision } from "../../src/adapters/git.ts";
import { chartPath, ROOT } from "../../src/lib/paths.ts";
import { type Digests, executeImages } from "../../src/release/execute.ts";
import { imageOf, planRelease } from "../../src/release/plan.ts";
import {
  DEFAULT_WORKLOADS,
  type ServiceName,
  serviceUrl,
  TRAFFIC_RELEASE,
  workload,
  type Workload,
} from "../../src/domain/workload.ts";
import type { Mode } from "../../src/domain/mode.ts";
import type { Color } from "../../src/domain/color.ts";
import { refreshEndpoints } from "../../src/traffic/stable-name/endpoints.ts";
import { readTraffic } from "../../src/traffic/stable-name/traffic-release.ts";
import { helm, HELM_WAIT } from "./commands.ts";
import { LOAD_POD } from "./load-pod.ts";
import { oldPodsGone, remove, REPLICAS, rolledOut, scale } from "./pods.ts";
import { cluster, NAMESPACE, registry } from "./system.ts";
import { GATEWAY_VALUES, samplesBecome } from "./traffic.ts";

const FRONTEND_REPLICAS = 3;
const { kubectl } = cluster;

export const FRONTEND = workload("echo-frontend", "blue");

/**
 * Brings the namespace into the state that most files start from, whatever it is in: both backends with two pods each,
 * the frontend with three behind the stable name, all traffic at blue, and nothing else. What is right already stays.
 */
export async function prepare(mode: Mode = "service"): Promise<void> {
  await removeLeftovers();
  const digests = (await isReleased()) ? undefined : await pushImages();
  await Promise.all(
    DEFAULT_WORKLOADS.map((each) => resetWorkload(each, digests?.get(imageOf(registry, each)))),
  );
  await resetTraffic(mode);
}

/** Builds and pushes the images of that state, and deploys nothing. */
export async function pushImages(): Promise<Digests> {
  const { env } = process;
  const images = {
    workloads: DEFAULT_WORKLOADS,
    registry,
    revision: await revision(ROOT),
    ecr: ecrOf(registry, env),
  };
  const plan = planRelease({ ...images, namespace: NAMESPACE, traffic: false }, { installed: new Set() });
  const { signal } = new AbortController();
  const context = { env, signal, interactive: false, live: false, setExitCode: () => undefined };
  const digests: Digests = new Map();
  await executeImages(plan.images, digests, registry, context);
  return digests;
}

/** Removes every release from the namespace, and what a failed file may have left there. */
export async function emptyNamespace(): Promise<void> {
  await removeLeftovers();
  const releases = await cluster.helm.list();
  await Promise.all(releases.map(({ name }) => uninstall(name)));
}

/** Removes a release with its pods. */
export async function uninstall(release: string): Promise<void> {
  await helm(["uninstall", release, ...HELM_WAIT]);
  await oldPodsGone(release);
}

/** Removes what holds CPU or a lock although no test uses it any more. */
async function removeLeftovers(): Promise<void> {
  await kubectl.run(["delete", "pod", LOAD_POD, "-n", NAMESPACE, "--ignore-not-found", "--wait"]);
  await kubectl.run(["delete", "lease", TRAFFIC_RELEASE, "-n", NAMESPACE, "--ignore-not-found"]);
  const expected = new Set([TRAFFIC_RELEASE, ...DEFAULT_WORKLOADS.map(({ name }) => name)]);
  const releases = await cluster.helm.list();
  for (const { name, status } of releases)
    if (!expected.has(name) || status !== "deployed") await uninstall(name);
}

const Values = v.looseObject({ digest: v.optional(v.string(), ""), version: v.optional(v.string(), "") });

/** The values that were set for a release, without the chart's defaults. */
async function ownValues(release: string) {
  return parseJson("helm get values", Values, await helm(["get", "values", release, "--output", "json"]));
}

/** The digest of the image that a backend's release pins. */
export async function digestOf(color: Color): Promise<string> {
  return (await ownValues(`echo-backend-${color}`)).digest;
}

/** Whether everything is installed, and each service and colour runs its default version, from an image of its own. */
async function isReleased(): Promise<boolean> {
  const releases = await cluster.helm.list();
  if (releases.length < DEFAULT_WORKLOADS.length + 1) return false;
  const values = await Promise.all(DEFAULT_WORKLOADS.map(({ name }) => ownValues(name)));
  const digests = new Set(values.map(({ digest }) => digest));
  const areDefaults = values.every(({ version }, index) => version === DEFAULT_WORKLOADS[index]?.version);
  return areDefaults && digests.size === DEFAULT_WORKLOADS.length && !digests.has("");
}

const REPLICAS_OF: Readonly<Record<ServiceName, number>> = {
  "echo-backend": REPLICAS,
  "echo-frontend": FRONTEND_REPLICAS,
};

const Deployment = v.object({ spec: v.object({ replicas: v.number() }) });

/** So little that two namespaces and many pods fit on a node of two cores. */
const REQUESTS = { cpu: "10m" };

/**
 * Sets a workload's values and number of pods to those of the common state, without an autoscaler, and waits.
 * @param digest of its image. Default: as it is; the workload must be installed then
 */
export async function resetWorkload(
  { service, color, version, name }: Workload,
  digest?: string,
): Promise<void> {
  const replicas = REPLICAS_OF[service];
  await kubectl.run(["delete", "horizontalpodautoscaler", name, "-n", NAMESPACE, "--ignore-not-found"]);
  // The number belongs to who has changed it, such as an autoscaler, and helm would refuse to overwrite it.
  const found = await kubectl.find(Deployment, ["deployment", name, "-n", NAMESPACE]);
  if (found && found.spec.replicas !== replicas) await scale(name, replicas);
  const own = digest === undefined ? await ownValues(name) : undefined;
  const backend = service === "echo-frontend" && { backend: serviceUrl("echo-backend", NAMESPACE) };
  const values = {
    ...{ registry, color, version, digest: digest ?? own?.digest, replicas },
    ...{ resources: { requests: REQUESTS }, ...backend },
  };
  if (!isDeepStrictEqual(own, values))
    await helm(
      ["upgrade", "--install", name, chartPath(service), "--reset-values", "--values", "-", ...HELM_WAIT],
      JSON.stringify(values),
    );
  await rolledOut(name);
  await oldPodsGone(name);
}

/** Sets the mode, sends all traffic to blue, and waits until every sample arrives there. */
async function resetTraffic(mode: Mode): Promise<void> {
  const weights = { blue: 100, green: 0 };
  const values = { mode, backend: { weights }, ...(mode === "gateway" && { gateway: GATEWAY_VALUES }) };
  const isBack = mode === "service" && (await readTraffic(cluster))?.mode === "gateway";
  const problem = isBack ? await refreshEndpoints("echo-backend", "blue", cluster) : undefined;
  if (problem !== undefined) throw new Error(problem);
  await helm(
    ["upgrade", "--install", TRAFFIC_RELEASE, chartPath(TRAFFIC_RELEASE), "--reset-values", "--values", "-"],
    JSON.stringify(values),
  );
  await cluster.jumpbox.ensure();
  const answered = await samplesBecome("blue");
  // A Service that was an ExternalName leads to the endpoints of the time before, until Kubernetes renews them. The kernel
  // remembers for two minutes to which pod it sent a connection that got no answer. Another address starts afresh.
  if (!answered) {
    await remove("jumpbox");
    await cluster.jumpbox.ensure();
  }
}

/** Changes values of a release as an operator does, and waits. */
export async function setValues({ name, service }: Workload, ...values: string[]): Promise<void> {
  const set = values.flatMap((value) => ["--set", value]);
  await helm(["upgrade", name, chartPath(service), "--reset-then-reuse-values", ...set, ...HELM_WAIT]);
}
