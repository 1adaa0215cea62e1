import * as v from "valibot";
import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { type Color, COLORS } from "../domain/color.ts";
import { countOf } from "../domain/sample.ts";
import { type ServiceName, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { print, table } from "../lib/terminal.ts";
import { openClusterSwitch } from "./cluster-switch.ts";
import { openLocalSwitch } from "./local-switch.ts";
import type { Switch } from "./switch.ts";

const SAMPLES = 1000;
const Deployment = v.object({
  spec: v.object({ replicas: v.optional(v.number(), 1) }),
  status: v.object({ readyReplicas: v.optional(v.number(), 0) }),
});

export interface StatusOptions extends ClusterOptions {
  service: ServiceName;
  json?: boolean;
  local?: boolean;
}

/** Prints each colour's weight, observed share and ready pods, as a table or as JSON. */
export async function shiftStatus(
  { service, json = false, local = false, ...options }: StatusOptions,
  { signal }: Context,
): Promise<void> {
  if (local) return report(openLocalSwitch(), { blue: "1/1", green: "1/1" }, json, signal);
  const cluster = await connectCluster(options, { signal });
  await cluster.jumpbox.ensure();
  const [blue, green] = await Promise.all(
    COLORS.map((color) => readyPods(workload(service, color).name, cluster)),
  );
  await report(openClusterSwitch(service, cluster), { blue, green }, json, signal);
}

async function report(
  traffic: Switch,
  pods: Readonly<Record<Color, string | undefined>>,
  json: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { mode, weights } = await traffic.read();
  const samples = await traffic.sample(SAMPLES, signal);
  const name = traffic.stableName;
  const colors = COLORS.map((color) => ({
    color,
    weight: weights[color],
    observed: Math.round((countOf(samples, color) / samples.length) * 1000) / 10,
    pods: pods[color],
  }));
  if (json) return print(JSON.stringify({ name, mode, colors, samples: samples.length }, null, 2));
  print(`${name} (mode ${mode}), observed over ${samples.length} requests:`);
  const rows = colors.map(({ color, weight, observed, pods: ready }) => [
    color,
    `${weight} %`,
    `${observed} %`,
    ready ?? "",
  ]);
  print(table(["COLOR", "WEIGHT", "OBSERVED", "READY PODS"], rows));
}

async function readyPods(deployment: string, { kubectl, namespace }: Cluster): Promise<string> {
  const found = await kubectl.find(Deployment, ["deployment", deployment, "-n", namespace]);
  return found ? `${found.status.readyReplicas}/${found.spec.replicas}` : "not deployed";
}
