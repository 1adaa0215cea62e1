import { expect, test } from "vitest";
import { readQuantity, writeQuantity } from "../../src/domain/quantity.ts";

test.each([
  ["2", 2],
  ["0.5", 0.5],
  ["250m", 0.25],
  ["12345n", 0.000_012_345],
  ["1e3", 1000],
  ["1E", 1e18],
  ["12E2", 1200],
  ["200Mi", 200 * 1024 * 1024],
  ["1.5G", 1.5e9],
  ["-1", -1],
])("%s is %d", (text, expected) => {
  expect(readQuantity(text)).toBeCloseTo(expected, 9);
});

test.each(["", "Mi", "1mi", "1 Gi", "x"])("%j is no quantity", (text) => {
  expect(readQuantity(text)).toBeNaN();
});

test.each([
  [0.81, "requests.cpu", "810m"],
  [832 * 1024 * 1024, "limits.memory", "832Mi"],
  [2 ** 30, "requests.storage", "1024Mi"],
  [6, "pods", "6"],
])("%d of %s is written as %s", (amount, resource, expected) => {
  expect(writeQuantity(amount, resource)).toBe(expected);
});
