import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { shareBars, sparkline } from "../../src/observe/live-view.ts";

test("bars are as long as the shares, and differ without colour too", () => {
  const bars = shareBars({ "12.0": 0.25, "11.0": 0.5, "no response": 0.25 }).map(stripVTControlCharacters);
  expect(bars).toEqual([
    `blue 11.0   ${"█".repeat(20)}${" ".repeat(20)}  50.0 %`,
    `green 12.0  ${"▓".repeat(10)}${" ".repeat(30)}  25.0 %`,
    `no response ${"░".repeat(10)}${" ".repeat(30)}  25.0 %`,
  ]);
});

test("the sparkline is highest at the greatest value", () => {
  expect(sparkline([0, 5, 10])).toBe("▁▅█");
  expect(sparkline([])).toBe("");
});
