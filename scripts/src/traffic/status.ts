import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { COLORS } from "../domain/color.ts";
import { countOf } from "../domain/sample.ts";
import { type ServiceName, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { print, table } from "../lib/terminal.ts";
import { openClusterSwitch } from "./cluster-switch.ts";
import { openLocalSwitch } from "./local-switch.ts";
import { findDeployment } from "./target-check.ts";

const SAMPLES = 1000;

export interface StatusOptions extends ClusterOptions {
  service: ServiceName;
  json?: boolean;
  local?: boolean;
}

/** Prints each colour's weight, observed share and ready pods, as a table or as JSON. */
export async function shiftStatus(options: StatusOptions, { signal }: Context): Promise<void> {
  const { traffic, pods } = options.local
    ? { traffic: openLocalSwitch(), pods: COLORS.map(() => "1/1") }
    : await openInCluster(options, signal);
  const { mode, weights } = await traffic.read();
  const samples = await traffic.sample(SAMPLES, signal);
  const name = traffic.stableName;
  const colors = COLORS.map((color, index) => ({
    color,
    weight: weights[color],
    observed: Math.round((countOf(samples, color) / samples.length) * 1000) / 10,
    pods: pods[index] ?? "",
  }));
  if (options.json) return print(JSON.stringify({ name, mode, colors, samples: samples.length }, null, 2));
  print(`${name} (mode ${mode}), observed over ${samples.length} requests:`);
  const rows = colors.map((row) => [row.color, `${row.weight} %`, `${row.observed} %`, row.pods]);
  print(table(["COLOR", "WEIGHT", "OBSERVED", "READY PODS"], rows));
}

async function openInCluster(options: StatusOptions, signal: AbortSignal) {
  const cluster = await connectCluster(options, { signal });
  await cluster.jumpbox.ensure();
  const names = COLORS.map((color) => workload(options.service, color).name);
  const pods = await Promise.all(names.map((name) => readyPods(name, cluster)));
  return { traffic: openClusterSwitch(options.service, cluster), pods };
}

async function readyPods(name: string, cluster: Cluster): Promise<string> {
  const deployment = await findDeployment(name, cluster);
  return deployment ? `${deployment.status.readyReplicas}/${deployment.spec.replicas}` : "not deployed";
}
