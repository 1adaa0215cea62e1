import { connectCluster } from "../adapters/checks.ts";
import type { ClusterOptions } from "../adapters/cluster.ts";
import { controlLocal } from "../adapters/local-control.ts";
import { type Color, COLORS } from "../domain/color.ts";
import { describeFaults, type Faults, NO_FAULTS } from "../domain/fault.ts";
import type { Context } from "../lib/context.ts";
import { print, table } from "../lib/terminal.ts";
import { openClusterPlace } from "./cluster-place.ts";
import { openLocalPlace } from "./local-place.ts";
import type { FaultPlace } from "./place.ts";
import { FAULT_NEEDS } from "./rights.ts";

export interface FaultOptions extends ClusterOptions {
  /** The running `pnpm dev` instead of a cluster. */
  local?: boolean;
}

/** Replaces all faults of each process of a colour. */
export async function setFaults(
  color: Color,
  faults: Faults,
  options: FaultOptions,
  { signal }: Context,
): Promise<void> {
  const place = await openPlace(options, signal);
  const instances = await place.set(color, faults);
  // As the processes return them.
  const [first] = instances;
  const pods = options.local ? "" : ` on ${instances.length} ${instances.length === 1 ? "pod" : "pods"}`;
  const text = describeFaults(first?.faults ?? faults);
  print(`${color}: ${text}${pods}`);
  if (text !== describeFaults(NO_FAULTS))
    print(`${place.end}\nEnd them: pnpm fault ${color} --clear${place.flags}`);
}

/** Prints the faults of each process, by colour. */
export async function faultStatus(options: FaultOptions, { signal }: Context): Promise<void> {
  const place = await openPlace(options, signal);
  const instances = await Promise.all(COLORS.map(place.read));
  const rows = COLORS.flatMap((color, index) => {
    const found = instances[index] ?? [];
    if (found.length === 0) return [[color, "-", "no running pods"]];
    return found.map(({ name, faults, problem = "" }) => [
      color,
      name,
      faults ? describeFaults(faults) : problem,
    ]);
  });
  print(table(["COLOR", options.local ? "PROCESS" : "POD", "FAULTS"], rows));
}

async function openPlace(
  { local = false, ...options }: FaultOptions,
  signal: AbortSignal,
): Promise<FaultPlace> {
  if (local) {
    // Without it no process runs, which is another problem than one that does not.
    await controlLocal({ method: "GET" });
    return openLocalPlace();
  }
  const cluster = await connectCluster(options, FAULT_NEEDS, { signal });
  await cluster.jumpbox.ensure(signal);
  return openClusterPlace(cluster, signal);
}
