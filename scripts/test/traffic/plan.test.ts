import { describe, expect, test } from "vitest";
import { planAbort, planPromotion, planShift, type ShiftRequest } from "../../src/traffic/plan.ts";
import type { Step } from "../../src/traffic/lease/record.ts";
import { UNFINISHED } from "../support/shift-record.ts";

const ALL_BLUE = { blue: 100, green: 0 };
const request = (percent: number, steps?: Step[]): ShiftRequest => ({
  target: { color: "green", percent },
  onInterrupt: "restore",
  ...(steps && { canary: { steps, intervalMs: 1000, maxErrorRate: 1, maxP99Ratio: 2 } }),
});
const stepsOf = (wanted: ShiftRequest, weights = ALL_BLUE) =>
  planShift(wanted, { weights, mode: "gateway" }).steps;

describe("the plan of a shift", () => {
  test("is one step without a canary", () => {
    expect(stepsOf(request(100))).toEqual([100]);
  });

  test("is empty if the traffic is already there", () => {
    expect(stepsOf(request(0))).toEqual([]);
  });

  test("has the steps of a canary that are still ahead", () => {
    expect(stepsOf(request(100, [5, 25, 100]), { blue: 90, green: 10 })).toEqual([25, 100]);
  });

  test("has the origin, and what to do with the canary and after an interruption", () => {
    const wanted = request(100, [100]);
    expect(planShift(wanted, { weights: ALL_BLUE, mode: "service" })).toMatchObject({
      color: "green",
      origin: ALL_BLUE,
      limits: { intervalMs: 1000, maxErrorRate: 1, maxP99Ratio: 2 },
      onInterrupt: "restore",
    });
  });

  test.each(["gateway", "local"] as const)("accepts any weight in mode %s", (mode) => {
    expect(planShift(request(1), { weights: ALL_BLUE, mode }).steps).toEqual([1]);
  });

  test.each([
    ["25 %", request(25), "A weight of 25"],
    ["a step of 50 %", request(100, [50, 100]), "A weight of 50"],
  ])("rejects %s in mode service, with the reason", (_what, wanted, message) => {
    const plan = () => planShift(wanted, { weights: ALL_BLUE, mode: "service" });
    expect(plan).toThrow(message);
    expect(plan).toThrow(/needs mode gateway[\s\S]*all or nothing[\s\S]*Nothing was changed/);
  });
});

test("a pause stays with the share before it", () => {
  expect(stepsOf(request(100, [5, "pause", 25, "pause", 100]), { blue: 90, green: 10 })).toEqual([
    25,
    "pause",
    100,
  ]);
});

describe("the plan after an unfinished shift", () => {
  const state = { weights: { blue: 50, green: 50 }, mode: "gateway" } as const;

  test("of a promotion has the step that did not end, and the rest", () => {
    expect(planPromotion(UNFINISHED, state, { onInterrupt: "restore" })).toMatchObject({
      origin: ALL_BLUE,
      steps: [50, "pause", 100],
      limits: UNFINISHED.limits,
      first: 1,
    });
  });

  test("of an abort has the origin alone, without a judgement", () => {
    expect(planAbort(UNFINISHED, state)).toMatchObject({ steps: [0], limits: undefined, result: "aborted" });
  });

  test("of another canary keeps the origin, and starts at the current weight", () => {
    expect(planShift(request(100, [25, 50, 100]), state, UNFINISHED)).toMatchObject({
      origin: ALL_BLUE,
      steps: [50, 100],
    });
  });

  test("of a canary that ends below the current weight is rejected", () => {
    expect(() => planShift(request(100, [5, 25]), state, UNFINISHED)).toThrow(
      "Invalid --steps 5,25: green has 50 % of the unfinished shift, expected a step of 50 or more.",
    );
  });
});
