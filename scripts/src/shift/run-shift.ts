import { CommandError } from "../adapters/command.ts";
import { InterruptedError, UserError } from "../errors.ts";
import { print } from "../terminal.ts";
import { describeShare, type Sample } from "../traffic/sample.ts";
import { describeWeights, type Weights } from "../traffic/weights.ts";
import type { Color } from "../versions.ts";
import { Canary } from "./canary.ts";
import { waitUntilFollowed } from "./follow.ts";
import type { Limits } from "./judge.ts";
import type { ShiftPlan } from "./plan.ts";

/** Where traffic is moved: the cluster's stable name, or the local one. */
export interface Switch {
  setWeights(weights: Weights): Promise<unknown>;
  sample(count: number, signal?: AbortSignal): Promise<Sample[]>;
}

export interface RunOptions {
  color: Color;
  before: Weights;
  /** Judged step by step, for a canary; undefined shifts without a judgement. */
  canary?: (Limits & { intervalMs: number }) | undefined;
  onInterrupt: "restore" | "hold";
  signal: AbortSignal;
}

/**
 * Carries a plan out. Whatever fails, the traffic goes back to where it was; an interruption does as `onInterrupt` says.
 * @throws {UserError} with what was seen
 */
export async function runShift(name: Switch, plan: ShiftPlan, options: RunOptions): Promise<void> {
  const { before, onInterrupt, signal } = options;
  let now = before;
  try {
    const watchStep = await prepare(name, options);
    for (const weights of plan) {
      signal.throwIfAborted();
      now = weights;
      await name.setWeights(weights);
      print(`${describeWeights(weights)}: ${await watchStep(weights)}`);
    }
  } catch (error) {
    if (signal.aborted && onInterrupt === "hold")
      throw new InterruptedError(`${reasonOf(signal)} The traffic is held at ${describeWeights(now)}.`, {
        cause: error,
      });
    if (!signal.aborted && !(error instanceof UserError)) throw error;
    await restore(name, before, now);
    const outcome = `The traffic is back at ${describeWeights(before)}.`;
    if (signal.aborted) throw new InterruptedError(`${reasonOf(signal)} ${outcome}`, { cause: error });
    throw new UserError(`${describeWeights(now)}: ${messageOf(error)}\n${outcome}`, { cause: error });
  }
}

async function prepare(
  name: Switch,
  { canary, color, signal }: RunOptions,
): Promise<(weights: Weights) => Promise<string>> {
  const sample = (count: number) => name.sample(count, signal);
  if (canary) {
    const judged = new Canary({ ...canary, color, sample, signal });
    await judged.takeReference();
    return (weights) => judged.watchStep(weights);
  }
  return async (weights) => {
    const { samples, seconds } = await waitUntilFollowed(sample, weights, color, signal);
    return `observed ${describeShare(samples, color)} after ${seconds.toFixed(1)} s`;
  };
}

async function restore(name: Switch, before: Weights, now: Weights): Promise<void> {
  if (now === before) return;
  try {
    await name.setWeights(before);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(
      [
        `The traffic could not be put back to ${describeWeights(before)}; it may be at ${describeWeights(now)}.`,
        "See where it is: pnpm shift status",
        error.message,
      ].join("\n"),
      { cause: error },
    );
  }
}

/** Why a shift ends in its middle: a lock that was lost says so, all else is an interruption. */
function reasonOf({ reason }: AbortSignal): string {
  return reason instanceof UserError ? reason.message : "Interrupted.";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
