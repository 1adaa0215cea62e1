import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import type { CurlResponse } from "../adapters/curl-responses.ts";
import type { Color } from "../domain/color.ts";
import { FAULTS_PATH, type Faults, FaultsSchema } from "../domain/fault.ts";
import { parsePlainJson, plainLine } from "../domain/plain-text.ts";
import { podUrl, Ports } from "../domain/pod.ts";
import { workload } from "../domain/workload.ts";
import { UserError } from "../lib/errors.ts";
import type { FaultPlace, Instance } from "./place.ts";

const Container = v.object({
  env: v.optional(v.array(v.object({ name: v.string(), value: v.optional(v.string()) })), []),
  ports: Ports,
});
const Pod = v.object({
  metadata: v.object({ name: v.string(), deletionTimestamp: v.optional(v.string()) }),
  spec: v.object({ containers: v.array(Container) }),
  status: v.object({ phase: v.string(), podIP: v.optional(v.string()) }),
});

/** A running pod. */
interface RunningPod {
  name: string;
  /** Of its faults; undefined if it takes none. */
  url: string | undefined;
}

/** The faults of the backends of a namespace, through the jumpbox. */
export function openClusterPlace(cluster: Cluster, signal: AbortSignal): FaultPlace {
  const { kubectl, jumpbox, namespace, flags } = cluster;

  /** The running pods of a colour, without those that terminate. */
  const findPods = async (color: Color): Promise<RunningPod[]> => {
    const { name } = workload("echo-backend", color);
    const pods = await kubectl.list(Pod, ["pods", "-n", namespace, "-l", `app=${name}`]);
    return pods.filter(isRunning).map(runningPod);
  };

  /** Sends a request to each pod that takes faults. @param put replaces the faults; undefined reads them */
  const send = async (pods: readonly RunningPod[], put?: Faults): Promise<Instance[]> => {
    const urls = pods.flatMap(({ url }) => url ?? []);
    const responses = await jumpbox.request(urls, { put: put && JSON.stringify(put), signal });
    return pods.map((pod) => instanceOf(pod, responses[urls.indexOf(pod.url ?? "")]));
  };

  return {
    read: async (color) => send(await findPods(color)),
    set: async (color, faults) => {
      const pods = await findPods(color);
      await refuseWithoutFaults(pods, color, cluster);
      return rejectFailures(await send(pods, faults), color);
    },
    end: "A pod that starts later has none of them. Run this command again then.",
    flags,
  };
}

function isRunning({ metadata, status }: v.InferOutput<typeof Pod>): boolean {
  return metadata.deletionTimestamp === undefined && status.phase === "Running" && status.podIP !== undefined;
}

function runningPod({ metadata: { name }, spec, status }: v.InferOutput<typeof Pod>): RunningPod {
  const container = spec.containers.find(({ ports }) => ports.some((port) => port.name === "admin"));
  const isOn = container?.env.some((variable) => variable.name === "FAULTS" && variable.value === "on");
  const admin = container && podUrl(status.podIP, container.ports, "admin");
  return { name, url: isOn && admin !== undefined ? admin + FAULTS_PATH : undefined };
}

function instanceOf({ name, url }: RunningPod, response: CurlResponse | undefined): Instance {
  const unknown = (problem: string) => ({ name, faults: undefined, problem });
  if (url === undefined) return unknown("off (chart value faults)");
  if (!response?.status) return unknown("no response");
  const { status, body } = response;
  const faults = status === 200 ? readFaults(body) : undefined;
  return faults ? { name, faults } : unknown(`status ${status}: ${plainLine(body).slice(0, 200)}`);
}

function readFaults(body: string): Faults | undefined {
  try {
    return v.parse(FaultsSchema, parsePlainJson(body));
  } catch {
    return undefined;
  }
}

/** @throws {UserError} if the colour has no pod, or one that takes no faults */
async function refuseWithoutFaults(
  pods: readonly RunningPod[],
  color: Color,
  { helm, namespace, flags }: Cluster,
): Promise<void> {
  const { name, service } = workload("echo-backend", color);
  if (pods.length === 0)
    throw new UserError(
      `${name} has no running pods in namespace ${namespace}. Release it first: pnpm release:${color}${flags}`,
    );
  const off = pods.filter(({ url }) => url === undefined);
  if (off.length > 0)
    throw new UserError(
      [
        `${name} takes no faults: FAULTS is not on in ${off.map((pod) => pod.name).join(", ")}. Turn it on, which replaces the pods:`,
        `  ${await helm.setCommand(name, service, "faults=on")}`,
      ].join("\n"),
    );
}

function rejectFailures(instances: Instance[], color: Color): Instance[] {
  const failed = instances.filter(({ faults }) => !faults);
  if (failed.length === 0) return instances;
  const lines = failed.map(({ name, problem }) => `  ${name}: ${problem}`);
  throw new UserError(
    [
      `${failed.length} of ${instances.length} pods of ${color} did not take the faults. The others have them.`,
      ...lines,
      "Run the command again when the pods are ready. A network policy must admit the jumpbox to the admin port.",
    ].join("\n"),
  );
}
