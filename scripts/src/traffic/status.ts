import { connectCluster } from "../adapters/checks.ts";
import type { ClusterOptions } from "../adapters/cluster.ts";
import { COLORS } from "../domain/color.ts";
import { countOf } from "../domain/sample.ts";
import type { ServiceName } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { print, table } from "../lib/terminal.ts";
import { openClusterSwitch } from "./cluster-switch.ts";
import { openLocalSwitch } from "./local-switch.ts";
import type { Switch } from "./switch.ts";

const SAMPLES = 1000;

export interface StatusOptions extends ClusterOptions {
  service: ServiceName;
  json?: boolean;
  local?: boolean;
}

/** Prints each colour's weight, observed share and ready pods, as a table or as JSON. */
export async function shiftStatus(options: StatusOptions, { signal }: Context): Promise<void> {
  const traffic = options.local ? openLocalSwitch() : await openInCluster(options, signal);
  const { mode, weights } = await traffic.read();
  const pods = await Promise.all(COLORS.map(traffic.readiness));
  const samples = await traffic.sample(SAMPLES, signal);
  const name = traffic.stableName;
  const colors = COLORS.map((color, index) => ({
    color,
    weight: weights[color],
    observed: Math.round((countOf(samples, color) / Math.max(1, samples.length)) * 1000) / 10,
    pods: pods[index] ?? "",
  }));
  if (options.json) return print(JSON.stringify({ name, mode, colors, samples: samples.length }, null, 2));
  print(`${name} (mode ${mode}), observed over ${samples.length} requests:`);
  const rows = colors.map((row) => [row.color, `${row.weight} %`, `${row.observed} %`, row.pods]);
  print(table(["COLOR", "WEIGHT", "OBSERVED", "READY PODS"], rows));
}

async function openInCluster(options: StatusOptions, signal: AbortSignal): Promise<Switch> {
  const cluster = await connectCluster(options, { signal });
  await cluster.jumpbox.ensure();
  return openClusterSwitch(options.service, cluster);
}
