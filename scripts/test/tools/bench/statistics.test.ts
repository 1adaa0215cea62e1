import { expect, test } from "vitest";
import { median, quantile } from "../../../tools/bench/statistics.ts";

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[10, 9], 9.5],
  [[7], 7],
  [[], Number.NaN],
])("the median of %j is %d", (values, middle) => {
  expect(median(values)).toBe(middle);
});

test.each([
  [0, 10],
  [0.25, 20],
  [0.6, 34],
  [1, 50],
])("interpolates the quantile %d", (share, value) => {
  expect(quantile([50, 40, 10, 30, 20], share)).toBeCloseTo(value, 10);
});
