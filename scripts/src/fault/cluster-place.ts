import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import type { Color } from "../domain/color.ts";
import { FAULTS_PATH, type Faults, FaultsSchema } from "../domain/fault.ts";
import { parsePlainJson, plainLine } from "../domain/plain-text.ts";
import { workload } from "../domain/workload.ts";
import { UserError } from "../lib/errors.ts";
import type { FaultPlace, Instance } from "./place.ts";

/** For all pods in one call. A pod without a response has the status 000. */
const CURL = 'curl -sS --max-time 5 "$@" 2>/dev/null; true';
/** After the body of each response. */
const FORMAT = String.raw`#%{http_code} %{url}\n`;
const RESPONSE = /([^]*?)#(\d{3}) (http:\S+)(?:\n|$)/g;

const Container = v.object({
  env: v.optional(v.array(v.object({ name: v.string(), value: v.optional(v.string()) })), []),
  ports: v.optional(v.array(v.object({ name: v.optional(v.string()), containerPort: v.number() })), []),
});
const Pod = v.object({
  metadata: v.object({ name: v.string(), deletionTimestamp: v.optional(v.string()) }),
  spec: v.object({ containers: v.array(Container) }),
  status: v.object({ phase: v.string(), podIP: v.optional(v.string()) }),
});

/** A running pod. */
interface Target {
  name: string;
  /** Of its faults; undefined if it takes none. */
  url: string | undefined;
}

interface Response {
  body: string;
  status: number;
}

/** The faults of the backends of a namespace, through the jumpbox. */
export function openClusterPlace(cluster: Cluster, signal: AbortSignal): FaultPlace {
  const { kubectl, jumpbox, namespace, flags } = cluster;

  /** The running pods of a colour, without those that terminate. */
  const findPods = async (color: Color): Promise<Target[]> => {
    const { name } = workload("echo-backend", color);
    const pods = await kubectl.list(Pod, ["pods", "-n", namespace, "-l", `app=${name}`]);
    return pods.filter(isRunning).map(targetOf);
  };

  /** Sends a request to each pod that takes faults. */
  const send = async (pods: readonly Target[], args: readonly string[] = []): Promise<Instance[]> => {
    const urls = pods.flatMap(({ url }) => url ?? []);
    const command = ["bash", "-c", CURL, "curl", "-w", FORMAT, ...args, ...urls];
    const output = urls.length > 0 ? await jumpbox.exec(command, { signal }) : "";
    const responses = parseResponses(output);
    return pods.map((pod) => instanceOf(pod, responses));
  };

  return {
    read: async (color) => send(await findPods(color)),
    set: async (color, faults) => {
      const pods = await findPods(color);
      refuseWithoutFaults(pods, color, namespace);
      const json = "Content-Type: application/json";
      const instances = await send(pods, ["-X", "PUT", "-H", json, "-d", JSON.stringify(faults)]);
      return rejectFailures(instances, color);
    },
    end: "A pod that starts later has none of them. Run this command again then.",
    flags,
  };
}

function isRunning({ metadata, status }: v.InferOutput<typeof Pod>): boolean {
  return metadata.deletionTimestamp === undefined && status.phase === "Running" && status.podIP !== undefined;
}

function targetOf({ metadata: { name }, spec, status: { podIP = "" } }: v.InferOutput<typeof Pod>): Target {
  const container = spec.containers.find(({ ports }) => ports.some((port) => port.name === "admin"));
  const port = container?.ports.find((each) => each.name === "admin")?.containerPort;
  const isOn = container?.env.some((variable) => variable.name === "FAULTS" && variable.value === "on");
  const host = podIP.includes(":") ? `[${podIP}]` : podIP;
  return { name, url: isOn && port !== undefined ? `http://${host}:${port}${FAULTS_PATH}` : undefined };
}

/** By their URLs. */
function parseResponses(output: string): Map<string, Response> {
  const found = output.matchAll(RESPONSE);
  return new Map(
    Array.from(found, ([, body = "", status, url = ""]) => [url, { body, status: Number(status) }]),
  );
}

function instanceOf({ name, url }: Target, responses: ReadonlyMap<string, Response>): Instance {
  const unknown = (problem: string) => ({ name, faults: undefined, problem });
  if (url === undefined) return unknown("off (chart value faults)");
  const { body, status } = responses.get(url) ?? { body: "", status: 0 };
  if (status === 0) return unknown("no response");
  const faults = status === 200 ? readFaults(body) : undefined;
  return faults ? { name, faults } : unknown(`status ${status}: ${plainLine(body.trim()).slice(0, 200)}`);
}

function readFaults(body: string): Faults | undefined {
  try {
    const faults = v.safeParse(FaultsSchema, parsePlainJson(body));
    return faults.success ? faults.output : undefined;
  } catch {
    return undefined;
  }
}

function refuseWithoutFaults(pods: readonly Target[], color: Color, namespace: string): void {
  const { name, service } = workload("echo-backend", color);
  if (pods.length === 0)
    throw new UserError(
      `${name} has no running pods in namespace ${namespace}. Release it first: pnpm release:${color}.`,
    );
  const off = pods.filter(({ url }) => url === undefined);
  if (off.length > 0)
    throw new UserError(
      `${name} takes no faults: FAULTS is not on in ${off.map((pod) => pod.name).join(", ")}. Turn it on, which replaces the pods:\n` +
        `  helm -n ${namespace} upgrade ${name} charts/${service} --reset-then-reuse-values --set faults=on --wait`,
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
