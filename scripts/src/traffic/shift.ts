import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { describeWeights, liveColors } from "../domain/weights.ts";
import type { ServiceName } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import { print } from "../lib/terminal.ts";
import { openClusterSwitch } from "./cluster-switch.ts";
import { waitUntilFollowed } from "./follow.ts";
import { openClusterLease } from "./cluster-lease.ts";
import { type HeldLease, withLease } from "./lease.ts";
import { openLocalSwitch } from "./local-switch.ts";
import { planShift, type ShiftRequest } from "./plan.ts";
import { runShift } from "./run.ts";
import { compareSnapshots, describeSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";
import type { Switch } from "./switch.ts";

export interface ShiftOptions extends ClusterOptions, ShiftRequest {
  /** The service whose traffic moves. */
  service: ServiceName;
  /** Shift in the running `pnpm dev` instead of a cluster. */
  local?: boolean | undefined;
}

type Held = Pick<HeldLease, "signal" | "confirm">;

/** Moves traffic between the colours, and nothing else. Returns when the requests follow. */
export async function shift(options: ShiftOptions, { signal }: Pick<Context, "signal">): Promise<void> {
  if (options.local) {
    await move(openLocalSwitch(), options, { signal, confirm: async () => undefined });
    return;
  }
  const cluster = await connectCluster(options);
  await cluster.jumpbox.ensure(signal);
  const { service, target, canary } = options;
  const intent = `${service}: ${target.color} to ${(canary?.steps ?? [target.percent]).join(", ")} %`;
  await withLease(openClusterLease(cluster), intent, signal, (held) =>
    shiftInCluster(options, cluster, held),
  );
}

/** The caller holds the lease. Proves at the end that no pod was touched. */
async function shiftInCluster(options: ShiftOptions, cluster: Cluster, held: HeldLease): Promise<void> {
  const snapshot = await takeSnapshot(cluster);
  if (await move(openClusterSwitch(options.service, cluster), options, held))
    reportMoved(snapshot, await takeSnapshot(cluster));
}

/** Moves the traffic of a switch after the same checks everywhere. @returns false if there is nothing to change */
async function move(traffic: Switch, request: ShiftRequest, held: Held): Promise<boolean> {
  const { signal } = held;
  const state = await traffic.read();
  const plan = planShift(request, state);
  const after = plan.steps.at(-1) ?? plan.before;
  if (plan.steps.length === 0 && state.enabled) {
    print(`Nothing to change: ${describeWeights(plan.before)}.`);
    return false;
  }
  for (const color of liveColors(after)) await traffic.checkTarget(color, signal);
  const followers = await traffic.followers();
  signal.throwIfAborted();
  if (!state.enabled) await traffic.setWeights(plan.before, held.confirm);

  print(`${traffic.stableName}: ${describeWeights(plan.before)}`);
  await runShift(traffic, plan, held);
  for (const { name, sample } of followers)
    print(`${name} follows: ${await waitUntilFollowed(sample, after, plan.color, signal)} more`);
  return true;
}

function reportMoved(before: Snapshot, after: Snapshot): void {
  const { moved, scaled } = compareSnapshots(before, after);
  for (const change of scaled) print(`Changed by an autoscaler: ${change}.`);
  if (moved.length > 0)
    throw new UserError(
      `The traffic was shifted, but something else changed in the meantime:\n  ${moved.join("\n  ")}`,
    );
  print(`Nothing else moved: ${describeSnapshot(before)} are the same as before.`);
}
