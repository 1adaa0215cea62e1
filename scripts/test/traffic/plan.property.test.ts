import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COLORS } from "../../src/domain/color.ts";
import { sameWeights, type Weights, weightsOf } from "../../src/domain/weights.ts";
import { UserError } from "../../src/lib/errors.ts";
import { planShift, type ShiftPlan, type ShiftRequest } from "../../src/traffic/plan.ts";

const color = fc.constantFrom(...COLORS);
const percent = fc.integer({ min: 0, max: 100 });
const before = percent.map((share) => weightsOf("blue", share));
const rising = fc
  .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 })
  .map((steps) => steps.toSorted((a, b) => a - b));
const target = fc.record({ color, percent });
const mode = fc.constantFrom("gateway", "local");

const sum = ({ blue, green }: Weights) => blue + green;
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
        const after = weightsOf(wanted.color, wanted.percent);
        const { steps } = planShift(request(wanted), { weights, mode: how });
        expect(steps).toEqual(sameWeights(weights, after) ? [] : [after]);
      }),
    );
  });

  test("with a canary only rises from the origin, ends at its last step, and always adds up to 100", () => {
    fc.assert(
      fc.property(color, rising, before, mode, (to, steps, weights, how) => {
        const plan = planShift(request({ color: to, percent: 100 }, steps), { weights, mode: how });
        const shares = [weights, ...plan.steps].map((step) => step[to]);
        expect(shares).toEqual([...new Set(shares)].toSorted((a, b) => a - b));
        expect(shares.at(-1)).toBe(Math.max(weights[to], ...steps));
        for (const step of plan.steps) expect(sum(step)).toBe(100);
      }),
    );
  });

  test("in mode service is all or nothing, or rejected", () => {
    fc.assert(
      fc.property(target, fc.option(rising, { nil: undefined }), before, (wanted, steps, weights) => {
        const plan = planInModeService(request(wanted, steps), weights);
        for (const { blue, green } of plan?.steps ?? [])
          expect([blue, green].toSorted((a, b) => a - b)).toEqual([0, 100]);
        const partial = (steps ?? []).some((step) => step > weights[wanted.color] && step !== 100);
        expect(plan === undefined).toBe(steps ? partial : wanted.percent !== 0 && wanted.percent !== 100);
      }),
    );
  });
});
