import { UserError } from "../errors.ts";
import type { Mode } from "../traffic/stable-name.ts";
import { parsePercent, sameWeights, type Target, type Weights, weightsOf } from "../traffic/weights.ts";

/** The weights of a shift, one after the other. Empty where there is nothing to change. */
export type ShiftPlan = readonly Weights[];

export interface ShiftRequest {
  target: Target;
  /** Percentages of a canary, rising; undefined shifts at once. */
  steps?: readonly number[] | undefined;
}

/** What a shift will do, from where the traffic is now. @throws {UserError} for weights that the mode cannot do */
export function planShift({ target, steps }: ShiftRequest, before: Weights, mode: Mode | "local"): ShiftPlan {
  const { color, percent } = target;
  const wanted = steps ? steps.filter((step) => step > before[color]) : [percent];
  const plan = wanted
    .map((step) => weightsOf(color, step))
    .filter((weights) => !sameWeights(weights, before));
  const partial = wanted.find((step) => step !== 0 && step !== 100);
  if (mode === "service" && partial !== undefined)
    throw new UserError(
      [
        `A weight of ${partial} needs mode gateway: the stable name is a plain Service now (mode service), which sends all or nothing.`,
        "Nothing was changed. With a Gateway API controller: pnpm shift mode gateway --help",
      ].join("\n"),
    );
  return plan;
}

/** Reads `5,25,50,100`. @throws {UserError} */
export function parseSteps(text: string): number[] {
  const steps = text.split(",").map((step) => parsePercent(step.trim()));
  if (steps.some((step, index) => step <= (steps[index - 1] ?? 0)))
    throw new UserError(
      `--steps is ${JSON.stringify(text)}, allowed are rising weights from 1 to 100, such as 5,25,50,100`,
    );
  return steps;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Reads `10s`, `500ms` or `2m` as milliseconds. @throws {UserError} */
export function parseDuration(text: string): number {
  const [, number = "", unit = ""] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (factor === undefined)
    throw new UserError(
      `${JSON.stringify(text)} is no duration, allowed is a whole number with ms, s or m, such as 10s`,
    );
  return Number(number) * factor;
}

/** Reads a limit: a number of 0 or more. @throws {UserError} */
export function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || limit === Infinity)
    throw new UserError(`${JSON.stringify(text)} is no limit, allowed is a number of 0 or more`);
  return limit;
}
