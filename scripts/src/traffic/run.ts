import { CommandError } from "../adapters/command.ts";
import { describeWeights, type Weights } from "../domain/weights.ts";
import { InterruptedError, UserError } from "../lib/errors.ts";
import { print } from "../lib/terminal.ts";
import { startCanary } from "./canary.ts";
import { waitUntilFollowed } from "./follow.ts";
import { LeaseLostError } from "./lease.ts";
import type { ShiftPlan } from "./plan.ts";
import type { Switch } from "./switch.ts";

/** What a plan needs of a switch. */
type Traffic = Pick<Switch, "setWeights" | "sample">;

/**
 * Carries out a plan. After a failure the traffic goes back to where it was. After an interruption the plan's `onInterrupt`
 * decides. Without the lease the traffic stays where it is, because someone else may be shifting it.
 * @param signal aborts with an InterruptedError or a LeaseLostError
 * @throws {UserError} with what was observed, and where the traffic is
 */
export async function runShift(traffic: Traffic, plan: ShiftPlan, signal: AbortSignal): Promise<void> {
  let now = plan.before;
  try {
    const { color, canary } = plan;
    const watchStep = canary
      ? await startCanary(color, canary, traffic.sample, signal)
      : (weights: Weights) => waitUntilFollowed(traffic.sample, weights, color, signal);
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

/** Restores the weights unless the plan or a lost lease forbids it. @returns the error to report */
async function recover(
  cause: unknown,
  traffic: Traffic,
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

async function restore(traffic: Traffic, before: Weights, now: Weights): Promise<void> {
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
