import { expect, test } from "vitest";
import { latency, MAX_RESULTS, type Result, Results, sharesOf } from "../../../src/ui/page/results.ts";

const result = (at: number, backend = "11.0", milliseconds = 5): Result => ({
  at,
  backend,
  milliseconds,
  look: "blue",
});

test("shares are those of the given results, or of all", () => {
  const results = new Results();
  for (let at = 0; at < 10; at++) results.add(result(at, at < 5 ? "11.0" : "12.0"));
  expect(sharesOf(results.since(4))).toEqual([
    ["11.0", 1 / 6],
    ["12.0", 5 / 6],
  ]);
  expect(results.overall()).toEqual([
    ["11.0", 0.5],
    ["12.0", 0.5],
  ]);
  expect(results.newest(2).map(({ at }) => at)).toEqual([8, 9]);
  results.clear();
  expect(results.overall()).toEqual([]);
  expect(results.total).toBe(0);
});

test("old results are removed, but the counts include them", () => {
  const results = new Results();
  for (let at = 0; at < MAX_RESULTS * 3; at++) results.add(result(at));
  expect(results.since(0).length).toBeLessThanOrEqual(MAX_RESULTS * 1.25);
  expect(results.newest(1)).toEqual([result(MAX_RESULTS * 3 - 1)]);
  expect(results.total).toBe(MAX_RESULTS * 3);
});

test("a latency is that of one of the results", () => {
  const results = [3, 1, 2, 4].map((milliseconds) => result(0, "11.0", milliseconds));
  expect(latency(results, 0.5)).toBe(2);
  expect(latency(results, 0.99)).toBe(4);
  expect(latency([], 0.5)).toBeUndefined();
});
