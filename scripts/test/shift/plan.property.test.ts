import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { parseDuration, parseLimit, parseSteps, planShift } from "../../src/shift/plan.ts";
import {
  parsePercent,
  parseTarget,
  sameWeights,
  type Weights,
  weightsOf,
} from "../../src/traffic/weights.ts";
import { COLORS } from "../../src/versions.ts";

const color = fc.constantFrom(...COLORS);
const percent = fc.integer({ min: 0, max: 100 });
const before = percent.map((share) => weightsOf("blue", share));
const rising = fc
  .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 })
  .map((steps) => steps.toSorted((a, b) => a - b));
const target = fc.record({ color, percent });
const mode = fc.constantFrom("gateway", "mesh", "local");

const sum = ({ blue, green }: Weights) => blue + green;

/** What a parser makes of a text, or undefined where it refuses it as a user's mistake. */
function parsed<T>(parse: (text: string) => T, text: string): T | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

describe("the plan of a shift", () => {
  test("goes to the target in one step, or is empty where the traffic is there", () => {
    fc.assert(
      fc.property(target, before, mode, (wanted, now, how) => {
        const after = weightsOf(wanted.color, wanted.percent);
        expect(planShift({ target: wanted }, now, how)).toEqual(sameWeights(now, after) ? [] : [after]);
      }),
    );
  });

  test("of a canary only ever rises from where the traffic is, ends at its last step, and always adds up to 100", () => {
    fc.assert(
      fc.property(color, rising, before, mode, (to, steps, now, how) => {
        const plan = planShift({ target: { color: to, percent: 100 }, steps }, now, how);
        const shares = [now, ...plan].map((weights) => weights[to]);
        expect(shares).toEqual([...new Set(shares)].toSorted((a, b) => a - b));
        expect(shares.at(-1)).toBe(Math.max(now[to], ...steps));
        for (const weights of plan) expect(sum(weights)).toBe(100);
      }),
    );
  });

  test("in mode service is all or nothing, or refused", () => {
    fc.assert(
      fc.property(target, fc.option(rising, { nil: undefined }), before, (wanted, steps, now) => {
        const plan = parsed(() => planShift({ target: wanted, steps }, now, "service"), "");
        for (const { blue, green } of plan ?? [])
          expect([blue, green].toSorted((a, b) => a - b)).toEqual([0, 100]);
        const partial = (steps ?? []).some((step) => step > now[wanted.color] && step !== 100);
        expect(plan === undefined).toBe(steps ? partial : wanted.percent !== 0 && wanted.percent !== 100);
      }),
    );
  });
});

const typed = fc.oneof(
  fc.string(),
  fc.integer().map(String),
  fc.double().map(String),
  fc.stringMatching(/^[\d.,smh%-]{0,20}$/),
  fc.bigInt({ min: 0n, max: 10n ** 400n }).map(String),
);

describe("whatever is typed is read within its bounds, or refused as a mistake", () => {
  test.each<[string, (text: string) => readonly number[], number, number]>([
    ["a weight", (text) => [parsePercent(text)], 0, 100],
    ["a target", (text) => [parseTarget(undefined, { green: text }).percent], 0, 100],
    ["steps", parseSteps, 1, 100],
    ["a duration", (text) => [parseDuration(text)], 0, 999_999 * 60_000],
    ["a limit", (text) => [parseLimit(text)], 0, Number.MAX_VALUE],
  ])("%s", (_what, parse, min, max) => {
    fc.assert(
      fc.property(typed, (text) => {
        for (const number of parsed(parse, text) ?? []) {
          expect(number).toBeGreaterThanOrEqual(min);
          expect(number).toBeLessThanOrEqual(max);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a colour", () => {
    fc.assert(
      fc.property(fc.oneof(color, fc.string()), (word) => {
        const known = COLORS.some((name) => name === word);
        expect(parsed((text) => parseTarget(text, {}), word)).toEqual(
          known ? { color: word, percent: 100 } : undefined,
        );
      }),
    );
  });
});
