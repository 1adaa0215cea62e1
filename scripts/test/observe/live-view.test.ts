import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { Latencies } from "../../src/observe/latencies.ts";
import { latencyLine, shareBars, sparkline } from "../../src/observe/live-view.ts";

test("bars are as long as the shares, and differ without colour too", () => {
  const bars = shareBars([
    { name: "green 12.0", color: "green", share: 0.25 },
    { name: "blue 11.0", color: "blue", share: 0.5 },
    { name: "no response", color: undefined, share: 0.25 },
  ]).map(stripVTControlCharacters);
  expect(bars).toEqual([
    `blue 11.0   ${"█".repeat(20)}${" ".repeat(20)}  50.0 %`,
    `green 12.0  ${"▓".repeat(10)}${" ".repeat(30)}  25.0 %`,
    `no response ${"░".repeat(10)}${" ".repeat(30)}  25.0 %`,
  ]);
});

test("bars begin in one column, however long a version is", () => {
  const bars = shareBars([
    { name: "blue 13.0-beta.1", color: "blue", share: 0.5 },
    { name: "green 12.0", color: "green", share: 0.5 },
  ]).map(stripVTControlCharacters);
  expect(bars.map((bar) => bar.search(/[█▓]/))).toEqual([17, 17]);
});

test("the sparkline is highest at the greatest value", () => {
  expect(sparkline([0, 5, 10])).toBe("▁▅█");
  expect(sparkline([])).toBe("");
});

test.each([20, 34, 40, 60, 73, 80, 200])(
  "the lines of a terminal of %d columns fit it, up to 80",
  (columns) => {
    const latencies = new Latencies();
    for (let i = 0; i < 100; i++) latencies.add(1000 + i);
    const bars = shareBars([{ name: "blue 11.0", color: "blue", share: 1 }], columns);
    const lines = [...bars, latencyLine(latencies, columns)].map(stripVTControlCharacters);
    // Below 40 columns the numbers alone are wider.
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(40, Math.min(80, columns)));
    expect(lines[0]).toMatch(/^blue 11\.0 .* 100\.0 %$/);
    expect(lines[1]).toMatch(/^latency +[▁▂▃▄▅▆▇█]+ p50 10\d\d ms, p99 10\d\d ms$/);
  },
);
