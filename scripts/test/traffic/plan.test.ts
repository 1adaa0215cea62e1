import { describe, expect, test } from "vitest";
import { planShift, type ShiftRequest } from "../../src/traffic/plan.ts";

const ALL_BLUE = { blue: 100, green: 0 };
const request = (percent: number, steps?: number[]): ShiftRequest => ({
  target: { color: "green", percent },
  onInterrupt: "restore",
  ...(steps && { canary: { steps, intervalMs: 1000, maxErrorRate: 1, maxP99Ratio: 2 } }),
});
const stepsOf = (wanted: ShiftRequest, weights = ALL_BLUE) =>
  planShift(wanted, { weights, mode: "gateway" }).steps;

describe("the plan of a shift", () => {
  test("is one step without a canary", () => {
    expect(stepsOf(request(100))).toEqual([{ blue: 0, green: 100 }]);
  });

  test("is empty if the traffic is already there", () => {
    expect(stepsOf(request(0))).toEqual([]);
  });

  test("has the steps of a canary that are still ahead", () => {
    expect(stepsOf(request(100, [5, 25, 100]), { blue: 90, green: 10 })).toEqual([
      { blue: 75, green: 25 },
      { blue: 0, green: 100 },
    ]);
  });

  test("has the origin, and what to do with the canary and after an interruption", () => {
    const wanted = request(100, [100]);
    expect(planShift(wanted, { weights: ALL_BLUE, mode: "service" })).toMatchObject({
      color: "green",
      before: ALL_BLUE,
      canary: wanted.canary,
      onInterrupt: "restore",
    });
  });

  test.each(["gateway", "local"] as const)("accepts any weight in mode %s", (mode) => {
    expect(planShift(request(1), { weights: ALL_BLUE, mode }).steps).toEqual([{ blue: 99, green: 1 }]);
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
