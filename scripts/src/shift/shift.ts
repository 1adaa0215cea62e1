import { type Cluster, type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { interruption } from "../interrupt.ts";
import type { ServiceName } from "../names.ts";
import { preflight } from "../release/preflight.ts";
import { print } from "../terminal.ts";
import { frontendsOf, openFrontend } from "../traffic/frontends.ts";
import { describeShare } from "../traffic/sample.ts";
import { openStableName, type StableName } from "../traffic/stable-name.ts";
import { describeWeights, liveColors, parseTarget, type Target, type Weights } from "../traffic/weights.ts";
import type { Color } from "../versions.ts";
import { waitUntilFollowed } from "./follow.ts";
import type { Limits } from "./judge.ts";
import { withLease } from "./lease.ts";
import { openLocalName } from "./local.ts";
import { planShift, type ShiftRequest } from "./plan.ts";
import { runShift, type RunOptions } from "./run-shift.ts";
import { compareSnapshots, takeSnapshot } from "./snapshot.ts";
import { checkTarget } from "./target-check.ts";

export interface ShiftOptions extends ClusterOptions, Limits {
  service: ServiceName;
  blue?: string;
  green?: string;
  steps?: readonly number[];
  /** How long each step of a canary is watched, in ms. */
  interval: number;
  onInterrupt: "restore" | "hold";
  local?: boolean;
}

/** What a shift is without any option. */
export const SHIFT_DEFAULTS = {
  service: "echo-backend",
  interval: 10_000,
  maxErrorRate: 1,
  maxP99Ratio: 2,
  onInterrupt: "restore",
} as const;

/** Moves traffic between the colours, and nothing else; returns when the traffic really follows. */
export async function shift(color: string | undefined, options: ShiftOptions): Promise<void> {
  const request = { target: parseTarget(color, options), steps: options.steps };
  if (request.steps && request.target.percent !== 100)
    throw new UserError("--steps goes with a colour: pnpm shift green --steps 5,25,50,100");
  const signal = interruption();
  if (options.local) return shiftLocal(request, options, signal);
  const cluster = openCluster(options);
  await preflight({ cluster });
  await cluster.jumpbox.ensure();
  await shiftInCluster(request, options, cluster, signal);
}

function runOptions(target: Target, before: Weights, options: ShiftOptions, signal: AbortSignal): RunOptions {
  const { steps, interval: intervalMs, onInterrupt } = options;
  const canary = steps
    ? { intervalMs, maxErrorRate: options.maxErrorRate, maxP99Ratio: options.maxP99Ratio }
    : undefined;
  return { color: target.color, before, canary, onInterrupt, signal };
}

async function shiftLocal(request: ShiftRequest, options: ShiftOptions, signal: AbortSignal): Promise<void> {
  const name = openLocalName();
  const before = await name.read();
  const plan = planShift(request, before, "local");
  if (plan.length === 0) return print(`Nothing to change: ${describeWeights(before)}.`);
  await runShift(name, plan, runOptions(request.target, before, options, signal));
}

/** The shift behind one stable name of a cluster, alone and proven to have touched no workload. */
export async function shiftInCluster(
  request: ShiftRequest,
  options: ShiftOptions,
  cluster: Cluster,
  interrupted: AbortSignal,
): Promise<void> {
  const name = openStableName(options.service, cluster);
  const { target } = request;
  const intent = `${target.color} to ${(request.steps ?? [target.percent]).join(", ")} %`;
  await withLease(cluster, `${name.service}: ${intent}`, async (lost) => {
    const { mode, weights: before, enabled } = await name.read();
    const plan = planShift(request, before, mode);
    const after = plan.at(-1) ?? before;
    if (plan.length === 0 && enabled) return print(`Nothing to change: ${describeWeights(before)}.`);
    for (const color of liveColors(after)) await checkTarget(name.releases[color], cluster);
    // The frontend's stable name exists from its first shift on.
    if (!enabled) await name.setWeights(before);

    const signal = AbortSignal.any([interrupted, lost]);
    const snapshot = await takeSnapshot(cluster);
    print(`${name.url}: ${describeWeights(before)}`);
    await runShift(name, plan, runOptions(target, before, options, signal));
    await waitForFrontends(name, after, target.color, cluster, signal);
    reportMoved(compareSnapshots(snapshot, await takeSnapshot(cluster)));
  });
}

async function waitForFrontends(
  name: StableName,
  weights: Weights,
  color: Color,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<void> {
  for (const release of await frontendsOf(name, cluster)) {
    const { sample } = await openFrontend(release, name, cluster);
    const { samples, seconds } = await waitUntilFollowed(sample, weights, color, signal);
    print(`${release} follows: observed ${describeShare(samples, color)} after ${seconds.toFixed(1)} s more`);
  }
}

function reportMoved({ moved, scaled }: ReturnType<typeof compareSnapshots>): void {
  for (const change of scaled) print(`An autoscaler's doing: ${change}.`);
  if (moved.length > 0)
    throw new UserError(
      `The traffic was shifted, but something else moved meanwhile:\n  ${moved.join("\n  ")}`,
    );
  print("Nothing else moved: the pods, their restarts and templates are the same as before.");
}
