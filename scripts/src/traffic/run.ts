import { COLORS } from "../domain/color.ts";
import type { Sampler } from "../domain/sample.ts";
import { describeWeights, sameWeights, type Weights, weightsOf } from "../domain/weights.ts";
import { InterruptedError, UserError } from "../lib/errors.ts";
import { type CapacityRule, needOf } from "./check/capacity.ts";
import { startCanary } from "./judge/canary.ts";
import { counted, waitUntilFollowed } from "./judge/follow.ts";
import type { Journal } from "./lease/journal.ts";
import { type HeldLease, LeaseLostError, RivalError } from "./lease/lease.ts";
import type { ShiftPlan } from "./plan.ts";
import type { Announce } from "./place/place.ts";
import { startRealTrafficCanary } from "./judge/real-traffic-canary.ts";
import type { Reporter } from "./reporter.ts";
import type { Follower, Switch } from "./place/switch.ts";
import { ForeignRevisionError } from "./stable-name/traffic-release.ts";

/** What a shift needs to run. */
export interface Run {
  traffic: Pick<Switch, "setWeights" | "sample" | "labels" | "checkTarget" | "checkPath">;
  rule: CapacityRule;
  /** The clients that must follow before the shift is over. */
  followers: readonly Follower[];
  plan: ShiftPlan;
  held: Pick<HeldLease, "signal" | "confirm">;
  journal: Journal;
  reporter: Reporter;
  announce: Announce;
  /** The options that select the same place again, for the next commands. */
  flags: string;
}

/**
 * Carries out a plan, and records each step before it begins. After a failure the traffic goes back to the origin. After an
 * interruption the plan's `onInterrupt` decides. If the lease is lost, or someone else writes the weights, nothing more is
 * written.
 * @returns whether it reached its end, or a pause
 * @throws {UserError} with what was observed, and where the traffic is
 */
export async function runShift(run: Run): Promise<"done" | "paused"> {
  const { plan, held, journal, reporter, announce } = run;
  const position = { now: plan.now };
  try {
    const watchStep = await openWatch(run);
    for (const [index, step] of plan.steps.entries()) {
      held.signal.throwIfAborted();
      const next = plan.first + index;
      if (step === "pause") {
        await journal.save({ state: "paused", next: next + 1 });
        await announce({ reason: "ShiftPaused", message: `Paused at ${describeWeights(position.now)}.` });
        return "paused";
      }
      const weights = weightsOf(plan.color, step);
      // All steps to the next pause were checked before anything moved. Pods may have gone since.
      if (index > 0) await checkStep(weights, run);
      await journal.save({ state: "running", weights, ...(plan.result === "done" && { next }) });
      await moveTo(weights, run, position);
      const observed = await watchStep(weights);
      const message = `${describeWeights(weights)}: ${observed}`;
      reporter.say("step", message, { weights });
      await announce({ reason: "ShiftStep", message });
    }
    await waitForFollowers(run, position.now);
    await journal.finish(plan.result);
    return "done";
  } catch (error) {
    throw await recover(error, run, position.now);
  }
}

/** Checks the colour that a step gives more traffic. @throws {UserError} if it cannot take that */
async function checkStep(weights: Weights, { traffic, rule, held: { signal }, reporter }: Run) {
  for (const color of COLORS) {
    const need = needOf(color, [weights], rule);
    if (!need) continue;
    reporter.doing(`Checking ${color} …`);
    await traffic.checkTarget(color, need, { signal });
    await traffic.checkPath(color, signal);
  }
}

/** A step of an unfinished shift may have its weights already. */
async function moveTo(weights: Weights, { traffic, held, reporter }: Run, position: { now: Weights }) {
  const before = position.now;
  // Also if the change fails midway: it may have happened.
  position.now = weights;
  if (sameWeights(before, weights)) return;
  reporter.doing(`Setting ${describeWeights(weights)} …`);
  await traffic.setWeights(weights, held.confirm);
}

/** @returns a function that watches a step, and returns what was observed */
async function openWatch({ traffic, plan, held, journal, reporter }: Run) {
  const { color, limits, now } = plan;
  const { signal } = held;
  const { doing: onProgress } = reporter;
  const sample = counted(traffic.sample, journal.count);
  if (!limits) return (weights: Weights) => waitUntilFollowed(sample, weights, color, { signal, onProgress });
  reporter.doing("Measuring the other colour …");
  // What fails before the first step is not the shift's.
  let started = false;
  const sampler: Sampler = (count, stop) => (started ? sample : traffic.sample)(count, stop);
  const { realTraffic } = limits;
  const { labels } = traffic;
  const watch = await (realTraffic && labels
    ? startRealTrafficCanary(color, { ...limits, realTraffic }, sampler, { labels, now, signal, onProgress })
    : startCanary(color, limits, sampler, { signal, onProgress }));
  started = true;
  return watch;
}

async function waitForFollowers({ followers, plan, held, journal, reporter }: Run, weights: Weights) {
  const { signal } = held;
  const { doing: onProgress } = reporter;
  for (const { name, sample } of followers) {
    const options = { signal, onProgress };
    const observed = await waitUntilFollowed(counted(sample, journal.count), weights, plan.color, options);
    reporter.say("note", `${name} follows: ${observed} more`, { client: name });
  }
}

/** Restores the origin unless the plan or a rival forbids it. @returns the error to report */
async function recover(cause: unknown, run: Run, now: Weights): Promise<unknown> {
  const { signal } = run.held;
  const rival = [signal.reason, cause].find((error) => error instanceof RivalError);
  try {
    if (rival) return await giveWay(rival, run, now);
    if (!signal.aborted && !(cause instanceof UserError)) return cause;
    return await goBack(cause, run, now);
  } catch (error) {
    if (error instanceof RivalError) return giveWay(error, run, now);
    return error;
  }
}

async function giveWay(rival: UserError, { journal, flags }: Run, now: Weights): Promise<UserError> {
  // We still hold the lease, so the record is ours to write. The weights are not.
  if (rival instanceof ForeignRevisionError)
    await journal.save({ state: "failed" }).catch((error: unknown) => {
      if (!(error instanceof RivalError)) throw error;
    });
  return new LeaseLostError(
    `${rival.message} This shift writes nothing more. It left the traffic at ${describeWeights(now)}. See where it is: pnpm shift status${flags}`,
    { cause: rival },
  );
}

async function goBack(cause: unknown, run: Run, now: Weights): Promise<UserError> {
  const { plan, held, journal, announce, flags } = run;
  const { aborted } = held.signal;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (aborted && plan.onInterrupt === "hold") {
    await journal.save({ state: "held" });
    await announce({
      reason: "ShiftHeld",
      message: `Interrupted, held at ${describeWeights(now)}.`,
      warning: true,
    });
    return new InterruptedError(
      `Interrupted. The traffic is held at ${describeWeights(now)}. See how to go on: pnpm shift status${flags}`,
      { cause },
    );
  }
  if (plan.result === "aborted") {
    await journal.save({ state: "failed" });
    return new UserError(`${describeWeights(now)}: ${message}\nTry again: pnpm shift abort${flags}`, {
      cause,
    });
  }
  if (!sameWeights(now, plan.origin)) await restore(run, now);
  await journal.finish(aborted ? "interrupted" : "restored");
  const outcome = `The traffic is back at ${describeWeights(plan.origin)}.`;
  await announce({
    reason: aborted ? "ShiftInterrupted" : "ShiftRestored",
    message: aborted ? outcome : `${describeWeights(now)}: ${message} ${outcome}`,
    warning: true,
  });
  if (aborted) return new InterruptedError(`Interrupted. ${outcome}`, { cause });
  return new UserError(`${describeWeights(now)}: ${message}\n${outcome}`, { cause });
}

async function restore(
  { traffic, plan: { origin }, held, journal, reporter, flags }: Run,
  now: Weights,
): Promise<void> {
  reporter.doing(`Restoring ${describeWeights(origin)} …`);
  try {
    await traffic.setWeights(origin, held.confirm);
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof RivalError) throw error;
    await journal.save({ state: "failed" });
    throw new UserError(
      [
        `The traffic could not be restored to ${describeWeights(origin)}; it may be at ${describeWeights(now)}.`,
        `See where it is: pnpm shift status${flags}`,
        `Try again: pnpm shift abort${flags}`,
        error.message,
      ].join("\n"),
      { cause: error },
    );
  }
}
