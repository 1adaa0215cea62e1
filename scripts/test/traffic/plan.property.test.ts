import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COLORS } from "../../src/domain/color.ts";
import { type Weights, weightsOf } from "../../src/domain/weights.ts";
import { UserError } from "../../src/lib/errors.ts";
import { UNFINISHED } from "../support/shift-record.ts";
import { planShift, type ShiftPlan, type ShiftRequest } from "../../src/traffic/plan.ts";

const color = fc.constantFrom(...COLORS);
const percent = fc.integer({ min: 0, max: 100 });
const before = percent.map((share) => weightsOf("blue", share));
const rising = fc
  .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 })
  .map((steps) => steps.toSorted((a, b) => a - b));
const target = fc.record({ color, percent });
const mode = fc.constantFrom("gateway", "local");

const sharesOf = ({ steps }: ShiftPlan) => steps.filter((step) => step !== "pause");
const request = (wanted: ShiftRequest["target"], steps?: number[]): ShiftRequest => ({
  target: wanted,
  onInterrupt: "restore",
  ...(steps && { canary: { steps, intervalMs: 1000, maxErrorRate: 1, maxP99Ratio: 2 } }),
});

/** The plan in mode service; undefined if it is rejected. */
function planInModeService(wanted: ShiftRequest, weights: Weights): ShiftPlan | undefined {
  try {
    return planShift(wanted, { weights, mode: "service" });
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

describe("the plan of any shift", () => {
  test("goes to the target in one step, or is empty if the traffic is there", () => {
    fc.assert(
      fc.property(target, before, mode, (wanted, weights, how) => {
        const { steps } = planShift(request(wanted), { weights, mode: how });
        expect(steps).toEqual(weights[wanted.color] === wanted.percent ? [] : [wanted.percent]);
      }),
    );
  });

  test("with a canary only rises from the origin, and ends at its last step", () => {
    fc.assert(
      fc.property(color, rising, before, mode, (to, steps, weights, how) => {
        const plan = planShift(request({ color: to, percent: 100 }, steps), { weights, mode: how });
        const shares = [weights[to], ...sharesOf(plan)];
        expect(shares).toEqual([...new Set(shares)].toSorted((a, b) => a - b));
        expect(shares.at(-1)).toBe(Math.max(weights[to], ...steps));
      }),
    );
  });

  test("that replaces an unfinished one never goes below the current weight, and keeps the origin", () => {
    fc.assert(
      fc.property(color, rising, before, before, mode, (to, steps, origin, weights, how) => {
        fc.pre(steps.some((step) => step >= weights[to]));
        const found = { ...UNFINISHED, origin };
        const plan = planShift(request({ color: to, percent: 100 }, steps), { weights, mode: how }, found);
        expect(plan.origin).toEqual(origin);
        expect(sharesOf(plan)).toEqual(steps.filter((step) => step >= weights[to]));
      }),
    );
  });

  test("in mode service is all or nothing, or rejected", () => {
    fc.assert(
      fc.property(target, fc.option(rising, { nil: undefined }), before, (wanted, steps, weights) => {
        const plan = planInModeService(request(wanted, steps), weights);
        for (const share of plan?.steps ?? []) expect([0, 100]).toContain(share);
        const partial = (steps ?? []).some((step) => step > weights[wanted.color] && step !== 100);
        const moves = weights[wanted.color] !== wanted.percent;
        expect(plan === undefined).toBe(
          steps ? partial : moves && wanted.percent !== 0 && wanted.percent !== 100,
        );
      }),
    );
  });
});
