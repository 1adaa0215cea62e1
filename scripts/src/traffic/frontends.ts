import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { type Color, COLORS } from "../domain/color.ts";
import { backendIn } from "../domain/echo.ts";
import type { Weights } from "../domain/weights.ts";
import { FRONTEND_RELEASES, type ServiceName, serviceUrl, workload } from "../domain/workload.ts";
import { print } from "../lib/terminal.ts";
import { waitUntilFollowed } from "./follow.ts";
import type { Sampler } from "./switch.ts";

const Backend = v.object({ backend: v.string() });
const Version = v.object({ version: v.string() });

/** Waits until each frontend behind a stable name follows its weights: it does so only as its own connections age. */
export async function waitForFrontends(
  service: ServiceName,
  weights: Weights,
  color: Color,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<void> {
  const { host } = new URL(serviceUrl(service, cluster.namespace));
  for (const release of FRONTEND_RELEASES) {
    const backend = (await cluster.helm.values(Backend, release))?.backend ?? "none";
    if (URL.parse(backend)?.host !== host) continue;
    const sample = await openSampler(release, service, cluster);
    const observed = await waitUntilFollowed(sample, weights, color, signal);
    print(`${release} follows: ${observed} more`);
  }
}

/** Samples the backend versions in a frontend's responses. */
async function openSampler(
  release: string,
  service: ServiceName,
  { helm, jumpbox, namespace }: Cluster,
): Promise<Sampler> {
  const versions = COLORS.map(
    async (color) => [(await helm.values(Version, workload(service, color).name))?.version, color] as const,
  );
  const colors = new Map<string | undefined, Color>(await Promise.all(versions));
  const url = serviceUrl(release, namespace);
  return async (count, signal) => {
    const curl = ["curl", "-s", "--max-time", "5", "-w", "%{http_code}\n", `${url}/?[1-${count}]`];
    const output = await jumpbox.exec(["bash", "-c", '"$@" || :', "bash", ...curl], { signal });
    // Each response is its body, which ends with a new line, and the line with its status.
    return Array.from(output.matchAll(/^(?:(\{.*\})\n)?(\d{3})$/gm), ([, body = "", status]) => ({
      status: Number(status),
      milliseconds: 0,
      color: colors.get(backendIn(body)),
    }));
  };
}
