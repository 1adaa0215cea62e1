import { expect, test } from "vitest";
import { describeProgress, type StepProgress, WIDTH } from "../../../src/traffic/judge/progress.ts";

const NOW = 1_000_000;
const STEP: StepProgress = {
  ...{ color: "green", weight: 25, observed: 24.8, samples: 120, samplesNeeded: 200 },
  judge: "own samples",
  ...{ errorRate: 0.25, maxErrorRate: 1, p99: 12.4, maxP99: 24, end: NOW + 7000, limit: false },
};

test("shows set and observed share, samples, errors and p99 next to their limits, and the time left", () => {
  expect(describeProgress(STEP, NOW)).toBe(
    "green 25 %, seen 24.8 %, 120/200 samples, errors 0.3/1 %, p99 12/24 ms, ~7 s",
  );
});

test("counts requests, not samples, if Prometheus judges", () => {
  expect(describeProgress({ ...STEP, judge: "Prometheus" }, NOW)).toContain(", 120/200 requests, ");
});

test("leaves out what is not known yet", () => {
  const start = {
    ...STEP,
    observed: undefined,
    errorRate: undefined,
    p99: undefined,
    samples: 0,
    limit: true,
  };
  expect(describeProgress(start, NOW)).toBe("green 25 %, 0/200 samples, <7 s");
});

test("never shows a negative time", () => {
  expect(describeProgress(STEP, NOW + 60_000)).toContain("~0 s");
});

test("fits a terminal with the greatest numbers", () => {
  const most = { ...STEP, weight: 100, observed: 100, samples: 99_999, errorRate: 100, maxErrorRate: 99.5 };
  const line = describeProgress({ ...most, p99: 1999, maxP99: 39_980, end: NOW + 3_600_000 }, NOW);
  expect(line.length).toBeLessThanOrEqual(WIDTH);
  expect(line).toContain("~3600 s");
});
