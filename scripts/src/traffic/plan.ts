import type { Color } from "../domain/color.ts";
import { sameWeights, type Target, type Weights, weightsOf } from "../domain/weights.ts";
import { UserError } from "../lib/errors.ts";
import type { CanaryLimits } from "./judge/limits.ts";
import type { ShiftRecord, Step } from "./lease/record.ts";
import type { SwitchState } from "./place/switch.ts";

/** Judges the target colour at each step. */
export interface CanaryOptions extends CanaryLimits {
  /** Rising percentages for the target colour, and pauses between them. */
  steps: readonly Step[];
}

/** After Ctrl-C: go back to the origin, or keep the weights of the current step. */
export type OnInterrupt = "restore" | "hold";

/** The shift that the user asks for. */
export interface ShiftRequest {
  target: Target;
  /** Undefined shifts in one step, without a judgement. */
  canary?: CanaryOptions | undefined;
  onInterrupt: OnInterrupt;
  /** Ready pods that each step needs. Default: the step's share of the ready pods at the origin, rounded up. */
  minReady?: number | undefined;
}

/** A whole shift as data. */
export interface ShiftPlan {
  /** The colour that gains traffic, and is judged. */
  color: Color;
  /** Where a failure goes back to. */
  origin: Weights;
  /** The weights now. They differ from the origin if the plan continues an unfinished shift. */
  now: Weights;
  /** The colour's shares that are still ahead, with pauses. Empty if there is nothing to change. */
  steps: readonly Step[];
  /** Undefined does not judge the colour. */
  limits: CanaryLimits | undefined;
  onInterrupt: OnInterrupt;
  /** Ready pods that each step needs. Undefined: its share of those at the origin. */
  minReady: number | undefined;
  /** The place of the first step in the record. */
  first: number;
  /** What the plan's end is called. */
  result: "done" | "aborted";
}

type State = Pick<SwitchState, "weights" | "mode">;

/**
 * Plans a shift from the current state.
 * @param unfinished the shift that this one replaces: its origin stays, and its current step is watched again
 * @throws {UserError} if the mode does not support the weights, or no step is left
 */
export function planShift(
  { target: { color, percent }, canary, onInterrupt, minReady }: ShiftRequest,
  { weights: now, mode }: State,
  unfinished?: ShiftRecord,
): ShiftPlan {
  const origin = unfinished?.origin ?? now;
  const { steps: all, ...limits } = canary ?? { steps: undefined };
  const isAhead = (share: number) => share > now[color] || (unfinished !== undefined && share === now[color]);
  const steps = all ? fromFirst(all, isAhead) : sameWeights(weightsOf(color, percent), now) ? [] : [percent];
  if (unfinished && steps.length === 0)
    throw new UserError(
      `Invalid --steps ${all?.join(",")}: ${color} has ${now[color]} % of the unfinished shift, expected a step of ${now[color]} or more.`,
    );
  checkMode(steps, mode);
  return {
    color,
    origin,
    now,
    steps,
    limits: "intervalMs" in limits ? limits : undefined,
    onInterrupt,
    minReady,
    first: 0,
    result: "done",
  };
}

/** Plans the rest of an unfinished shift, after its pause or with its current step again. */
export function planPromotion(
  { color, origin, steps, next, limits, ...record }: ShiftRecord,
  { weights: now, mode }: State,
  { onInterrupt, minReady = record.minReady }: Pick<ShiftRequest, "onInterrupt" | "minReady">,
): ShiftPlan {
  const rest = steps.slice(next);
  checkMode(rest, mode);
  return { color, origin, now, steps: rest, limits, onInterrupt, minReady, first: next, result: "done" };
}

/** Plans the way back. After Ctrl-C the traffic stays where it is, because the origin is where it goes. */
export function planAbort({ color, origin }: ShiftRecord, { weights: now }: State): ShiftPlan {
  const steps = [origin[color]];
  const idle = { limits: undefined, minReady: undefined, first: 0 };
  return { color, origin, now, steps, ...idle, onInterrupt: "hold", result: "aborted" };
}

/** The weights of the steps that run before the next pause. */
export function stepsToPause({ color, steps }: ShiftPlan): Weights[] {
  const weights: Weights[] = [];
  for (const step of steps) {
    if (step === "pause") break;
    weights.push(weightsOf(color, step));
  }
  return weights;
}

/** The weights after the last step. */
export function finalWeights({ color, steps, now }: ShiftPlan): Weights {
  const last = steps.findLast((step) => step !== "pause");
  return last === undefined ? now : weightsOf(color, last);
}

/** The steps from the first share that is ahead. A pause belongs to the share before it. */
function fromFirst(steps: readonly Step[], isAhead: (share: number) => boolean): readonly Step[] {
  const first = steps.findIndex((step) => step !== "pause" && isAhead(step));
  return first === -1 ? [] : steps.slice(first);
}

function checkMode(steps: readonly Step[], mode: SwitchState["mode"]): void {
  const partial = steps.find((step) => step !== "pause" && step !== 0 && step !== 100);
  if (mode !== "service" || partial === undefined) return;
  throw new UserError(
    [
      `A weight of ${partial} needs mode gateway: in mode service the stable name is a plain Service, which sends all or nothing.`,
      "Nothing was changed. With a Gateway API controller: pnpm shift mode gateway --help",
    ].join("\n"),
  );
}
