import { CommandError } from "../adapters/command.ts";
import { describeWeights, type Weights } from "../domain/weights.ts";
import { InterruptedError, UserError } from "../lib/errors.ts";
import { print } from "../lib/terminal.ts";
import { startCanary } from "./canary.ts";
import { waitUntilFollowed } from "./follow.ts";
import { type HeldLease, LeaseLostError } from "./lease.ts";
import type { ShiftPlan } from "./plan.ts";
import type { Switch } from "./switch.ts";
import { ForeignRevisionError } from "./traffic-release.ts";

type Held = Pick<HeldLease, "signal" | "confirm">;

/** What a plan needs of a switch. */
type Traffic = Pick<Switch, "setWeights" | "sample">;

/**
 * Carries out a plan. After a failure the traffic goes back to where it was. After an interruption the plan's `onInterrupt`
 * decides. If the lease is lost, or someone else writes the weights, nothing more is written.
 * @throws {UserError} with what was observed, and where the traffic is
 */
export async function runShift(traffic: Traffic, plan: ShiftPlan, held: Held): Promise<void> {
  const { signal, confirm } = held;
  let now = plan.before;
  try {
    const { color, canary } = plan;
    const watchStep = canary
      ? await startCanary(color, canary, traffic.sample, signal)
      : (weights: Weights) => waitUntilFollowed(traffic.sample, weights, color, signal);
    for (const weights of plan.steps) {
      signal.throwIfAborted();
      now = weights;
      await traffic.setWeights(weights, confirm);
      print(`${describeWeights(weights)}: ${await watchStep(weights)}`);
    }
  } catch (error) {
    throw await recover(error, traffic, plan, now, held);
  }
}

/** Restores the weights unless the plan or a lost lease forbids it. @returns the error to report */
async function recover(
  cause: unknown,
  traffic: Traffic,
  { before, onInterrupt }: ShiftPlan,
  now: Weights,
  { signal: { aborted, reason }, confirm }: Held,
): Promise<unknown> {
  const rival = [reason, cause].find(isRival);
  if (rival) return new LeaseLostError(withoutWrite(rival, now), { cause });
  if (aborted && onInterrupt === "hold")
    return new InterruptedError(`Interrupted. The traffic is held at ${describeWeights(now)}.`, { cause });
  if (!aborted && !(cause instanceof UserError)) return cause;
  if (now !== before) await restore(traffic, before, now, confirm);
  const outcome = `The traffic is back at ${describeWeights(before)}.`;
  if (aborted) return new InterruptedError(`Interrupted. ${outcome}`, { cause });
  const message = cause instanceof Error ? cause.message : String(cause);
  return new UserError(`${describeWeights(now)}: ${message}\n${outcome}`, { cause });
}

/** Whether someone else shifts the traffic now. */
function isRival(error: unknown): error is UserError {
  return error instanceof LeaseLostError || error instanceof ForeignRevisionError;
}

function withoutWrite({ message }: UserError, now: Weights): string {
  return `${message} This shift writes nothing more. It left the traffic at ${describeWeights(now)}. See where it is: pnpm shift status`;
}

async function restore(
  traffic: Traffic,
  before: Weights,
  now: Weights,
  confirm: Held["confirm"],
): Promise<void> {
  try {
    await traffic.setWeights(before, confirm);
  } catch (error) {
    if (isRival(error)) throw new LeaseLostError(withoutWrite(error, now), { cause: error });
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
