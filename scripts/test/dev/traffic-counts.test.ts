import { expect, test } from "vitest";
import { TrafficCounts } from "../../src/dev/traffic-counts.ts";

test("counts requests and errors by colour, and forgets them after 10 seconds", () => {
  let now = 500;
  const counts = new TrafficCounts(() => now);
  counts.add("blue", false);
  counts.add("green", true);
  now = 1000;
  counts.add("green", false);
  expect(counts.recent()).toEqual({ blue: { requests: 1, errors: 0 }, green: { requests: 2, errors: 1 } });
  now = 9999;
  expect(counts.recent().blue.requests).toBe(1);
  now = 10_000;
  expect(counts.recent()).toEqual({ blue: { requests: 0, errors: 0 }, green: { requests: 1, errors: 0 } });
  now = 60_000;
  expect(counts.recent().green.requests).toBe(0);
});
