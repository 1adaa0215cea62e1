import * as v from "valibot";
import { type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import type { ServiceName } from "../names.ts";
import { preflight } from "../release/preflight.ts";
import { print, table } from "../terminal.ts";
import { countOf } from "../traffic/sample.ts";
import { openStableName } from "../traffic/stable-name.ts";
import { COLORS } from "../versions.ts";
import { openLocalName } from "./local.ts";

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

/** Weights, the share that is really observed, and ready pods, by colour: a table, or JSON. */
export async function shiftStatus(options: StatusOptions): Promise<void> {
  const { name, mode, weights, samples, pods } = options.local
    ? await localState()
    : await clusterState(options);
  const colors = COLORS.map((color) => ({
    color,
    weight: weights[color],
    observed: Math.round((countOf(samples, color) / samples.length) * 1000) / 10,
    pods: pods[color],
  }));
  if (options.json) return print(JSON.stringify({ name, mode, colors, samples: samples.length }, null, 2));
  print(`${name} (mode ${mode}), observed over ${samples.length} requests:`);
  const rows = colors.map(({ color, weight, observed, pods: ready }) => [
    color,
    `${weight} %`,
    `${observed} %`,
    ready,
  ]);
  print(table(["COLOR", "WEIGHT", "OBSERVED", "READY PODS"], rows));
}

async function clusterState(options: StatusOptions) {
  const cluster = openCluster(options);
  await preflight({ cluster });
  await cluster.jumpbox.ensure();
  const name = openStableName(options.service, cluster);
  const ready = async (release: string) => {
    const found = await cluster.kubectl.find(Deployment, ["deployment", release, "-n", cluster.namespace]);
    return found ? `${found.status.readyReplicas}/${found.spec.replicas}` : "not deployed";
  };
  const [{ mode, weights }, blue, green] = await Promise.all([
    name.read(),
    ready(name.releases.blue),
    ready(name.releases.green),
  ]);
  return { name: name.url, mode, weights, samples: await name.sample(SAMPLES), pods: { blue, green } };
}

async function localState() {
  const name = openLocalName();
  const weights = await name.read();
  return {
    name: "local",
    mode: "local",
    weights,
    samples: await name.sample(SAMPLES),
    pods: { blue: "1/1", green: "1/1" },
  };
}
