import { describe, expect, test } from "vitest";
import { binomialInterval, percentile } from "../../src/domain/statistics.ts";

describe("the binomial interval", () => {
  // The quantiles at 0.0005 and 0.9995 of @stdlib/stats-base-dists-binomial-quantile 0.2.
  test.each([
    [4000, 0.1, 339, 464],
    [4000, 0.25, 911, 1091],
    [4000, 0.5, 1896, 2104],
    [4000, 0.75, 2909, 3089],
    [4000, 0.9, 3536, 3661],
  ])("of %d trials at %f", (trials, probability, least, most) => {
    expect(binomialInterval(trials, probability, 0.999)).toEqual([least, most]);
  });

  test("is one number for a probability of 0 or 1", () => {
    expect(binomialInterval(1000, 0, 0.999)).toEqual([0, 0]);
    expect(binomialInterval(1000, 1, 0.999)).toEqual([1000, 1000]);
  });

  test("is the whole range for a single trial", () => {
    expect(binomialInterval(1, 0.5, 0.999)).toEqual([0, 1]);
  });
});

test("the percentile is one of the values", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile(values, 0.5)).toBe(50);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([], 0.5)).toBeUndefined();
});
