import { CommandError } from "../adapters/command.ts";
import { describeWeights, type Weights } from "../domain/weights.ts";
import { InterruptedError, UserError } from "../lib/errors.ts";
import { print } from "../lib/terminal.ts";
import { Canary } from "./canary.ts";
import { waitUntilFollowed } from "./follow.ts";
import { LeaseLostError } from "./lease.ts";
import type { ShiftPlan } from "./plan.ts";
import type { Switch } from "./switch.ts";

/**
 * Carries out a plan. After a failure the traffic goes back to where it was. After an interruption the plan's `onInterrupt`
 * decides. Without the lease the traffic stays where it is, because someone else may be shifting it.
 * @param signal aborts with an InterruptedError or a LeaseLostError
 * @throws {UserError} with what was observed, and where the traffic is
 */
export async function runShift(traffic: Switch, plan: ShiftPlan, signal: AbortSignal): Promise<void> {
  let now = plan.before;
  try {
    const watchStep = await createWatch(traffic, plan, signal);
    for (const weights of plan.steps) {
      signal.throwIfAborted();
      now = weights;
      await traffic.setWeights(weights);
      print(`${describeWeights(weights)}: ${await watchStep(weights)}`);
    }
  } catch (error) {
    throw await recover(error, traffic, plan, now, signal);
  }
}

/** How each step is watched, as a function that returns what was observed. */
async function createWatch(
  traffic: Switch,
  { canary: options, color }: ShiftPlan,
  signal: AbortSignal,
): Promise<(weights: Weights) => Promise<string>> {
  if (!options) return (weights) => waitUntilFollowed(traffic.sample, weights, color, signal);
  const canary = new Canary(color, options, traffic.sample, signal);
  await canary.takeReference();
  return (weights) => canary.watchStep(weights);
}

/** Restores the weights unless the plan or a lost lease forbids it. @returns the error to report */
async function recover(
  cause: unknown,
  traffic: Switch,
  { before, onInterrupt }: ShiftPlan,
  now: Weights,
  { aborted, reason }: AbortSignal,
): Promise<unknown> {
  if (aborted && reason instanceof LeaseLostError)
    return new LeaseLostError(
      `${reason.message} The traffic stays at ${describeWeights(now)}, unless another shift moves it. See where it is: pnpm shift status`,
      { cause },
    );
  if (aborted && onInterrupt === "hold")
    return new InterruptedError(`Interrupted. The traffic is held at ${describeWeights(now)}.`, { cause });
  if (!aborted && !(cause instanceof UserError)) return cause;
  if (now !== before) await restore(traffic, before, now);
  const outcome = `The traffic is back at ${describeWeights(before)}.`;
  if (aborted) return new InterruptedError(`Interrupted. ${outcome}`, { cause });
  const message = cause instanceof Error ? cause.message : String(cause);
  return new UserError(`${describeWeights(now)}: ${message}\n${outcome}`, { cause });
}

async function restore(traffic: Switch, before: Weights, now: Weights): Promise<void> {
  try {
    await traffic.setWeights(before);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(
      [
        `The traffic could not be restored to ${describeWeights(before)}; it may be at ${describeWeights(now)}.`,
        "See where it is: pnpm shift status",
        error.message,
      ].join("\n"),
      { cause: error },
    );
  }
}
