import { expect, test } from "vitest";
import { MAX_RESULTS, Results } from "../../../src/ui/page/results.ts";
import { resultOf } from "../../support/results.ts";

test("returns the results from a time on, in the order of their arrival", () => {
  const results = new Results();
  for (let at = 0; at < 10; at++) results.add(resultOf("blue", { at }));
  expect(results.since(4).map(({ at }) => at)).toEqual([4, 5, 6, 7, 8, 9]);
  expect(results.since(10)).toEqual([]);
  results.clear();
  expect(results.since(0)).toEqual([]);
});

test("forgets what is older than the chart, and keeps a limited number", () => {
  const results = new Results();
  for (let at = 0; at < MAX_RESULTS * 3; at++) results.add(resultOf("blue", { at }));
  expect(results.since(0).length).toBeLessThanOrEqual(MAX_RESULTS * 1.25);
  expect(results.since(0).at(-1)?.at).toBe(MAX_RESULTS * 3 - 1);
  results.prune(MAX_RESULTS * 3 + 61_000);
  expect(results.since(0)[0]?.at).toBe(MAX_RESULTS * 3 - 1000);
});
