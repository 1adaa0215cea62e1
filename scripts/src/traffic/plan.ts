import type { Color } from "../domain/color.ts";
import { sameWeights, type Target, type Weights, weightsOf } from "../domain/weights.ts";
import { UserError } from "../lib/errors.ts";
import type { Limits } from "./judge.ts";
import type { SwitchState } from "./switch.ts";

/** Judges the target colour at each step. */
export interface CanaryOptions extends Limits {
  /** Rising percentages for the target colour. */
  steps: readonly number[];
  /** The least time to watch each step, in ms. */
  intervalMs: number;
}

/** The shift that the user asks for. */
export interface ShiftRequest {
  target: Target;
  /** Undefined shifts in one step, without a judgement. */
  canary?: CanaryOptions | undefined;
  /** After Ctrl-C: go back to the weights before the shift, or keep those of the current step. */
  onInterrupt: "restore" | "hold";
}

/** A whole shift as data. */
export interface ShiftPlan extends Pick<ShiftRequest, "canary" | "onInterrupt"> {
  /** The colour that gains traffic, and is judged. */
  color: Color;
  before: Weights;
  /** The weights of each step. Empty if there is nothing to change. */
  steps: readonly Weights[];
}

/** Plans a shift from the current state. @throws {UserError} if the mode does not support the weights */
export function planShift(
  { target: { color, percent }, canary, onInterrupt }: ShiftRequest,
  { weights: before, mode }: Pick<SwitchState, "weights" | "mode">,
): ShiftPlan {
  const shares = canary ? canary.steps.filter((step) => step > before[color]) : [percent];
  const partial = shares.find((share) => share !== 0 && share !== 100);
  if (mode === "service" && partial !== undefined)
    throw new UserError(
      [
        `A weight of ${partial} needs mode gateway: in mode service the stable name is a plain Service, which sends all or nothing.`,
        "Nothing was changed. With a Gateway API controller: pnpm shift mode gateway --help",
      ].join("\n"),
    );
  const steps = shares
    .map((share) => weightsOf(color, share))
    .filter((weights) => !sameWeights(weights, before));
  return { color, before, steps, canary, onInterrupt };
}
