import { describe, expect, test } from "vitest";
import { parseDuration, parseLimit, parseSteps, planShift } from "../../src/shift/plan.ts";

const blue = { blue: 100, green: 0 };
const toGreen = { color: "green", percent: 100 } as const;

describe("the plan of a shift", () => {
  test("is one step without a canary", () => {
    expect(planShift({ target: toGreen }, blue, "service")).toEqual([{ blue: 0, green: 100 }]);
  });

  test("is empty where the traffic is already", () => {
    expect(planShift({ target: { color: "blue", percent: 100 } }, blue, "service")).toEqual([]);
  });

  test("has the steps of a canary that are still ahead", () => {
    const request = { target: toGreen, steps: [5, 25, 100] };
    expect(planShift(request, { blue: 90, green: 10 }, "gateway")).toEqual([
      { blue: 75, green: 25 },
      { blue: 0, green: 100 },
    ]);
  });

  test.each(["gateway", "mesh", "local"] as const)("takes any weight in mode %s", (mode) => {
    expect(planShift({ target: { color: "green", percent: 1 } }, blue, mode)).toEqual([
      { blue: 99, green: 1 },
    ]);
  });

  test("refuses weights that a plain Service cannot do, with the reason", () => {
    expect(() => planShift({ target: { color: "green", percent: 25 } }, blue, "service")).toThrow(
      /A weight of 25 needs mode gateway[\s\S]*all or nothing[\s\S]*Nothing was changed/,
    );
    expect(() => planShift({ target: toGreen, steps: [50, 100] }, blue, "service")).toThrow("A weight of 50");
  });
});

test("steps rise", () => {
  expect(parseSteps("5, 25,50,100")).toEqual([5, 25, 50, 100]);
  for (const bad of ["50,20", "0,50", "5,5", "5,,10", "a", "50,101", ""])
    expect(() => parseSteps(bad)).toThrow("allowed");
});

test("durations have a unit", () => {
  expect(["500ms", "10s", "2m"].map(parseDuration)).toEqual([500, 10_000, 120_000]);
  for (const bad of ["10", "s", "1h", "-1s", "1.5s", ""])
    expect(() => parseDuration(bad)).toThrow("no duration");
});

test("limits are numbers of 0 or more", () => {
  expect(["0", "1.5"].map(parseLimit)).toEqual([0, 1.5]);
  for (const bad of ["-1", "1%", "", "Infinity"]) expect(() => parseLimit(bad)).toThrow("no limit");
});
