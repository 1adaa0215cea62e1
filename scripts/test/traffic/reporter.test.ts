import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { StepProgress } from "../../src/traffic/judge/progress.ts";
import { createReporter } from "../../src/traffic/reporter.ts";

const STEP: StepProgress = {
  ...{ color: "green", weight: 25, observed: 24.8, samples: 120, samplesNeeded: 200 },
  judge: "own samples",
  ...{ errorRate: 0, maxErrorRate: 1, p99: 12, maxP99: 24, end: 7000, limit: false },
};
let output: string;

beforeEach(() => {
  output = "";
  vi.useFakeTimers({ now: 0 });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += String(text);
    return true;
  });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
});

test("elsewhere than on a terminal, a line every 2 s shows what happens, also if nothing new arrives", () => {
  const reporter = createReporter({ live: false });
  reporter.say("start", "echo-backend: green to 100 %");
  reporter.doing("Connecting …");
  vi.advanceTimersByTime(2000);
  reporter.doing(STEP);
  vi.advanceTimersByTime(4000);
  reporter.close();
  vi.advanceTimersByTime(4000);
  expect(output.split("\n")).toEqual([
    "echo-backend: green to 100 %",
    "Connecting …",
    "green 25 %, seen 24.8 %, 120/200 samples, errors 0/1 %, p99 12/24 ms, ~3 s",
    "green 25 %, seen 24.8 %, 120/200 samples, errors 0/1 %, p99 12/24 ms, ~1 s",
    "",
  ]);
});

test("with --json each line is an object with its time, its event, its text and its fields", () => {
  const reporter = createReporter({ json: true, live: true });
  reporter.doing(STEP);
  vi.advanceTimersByTime(2000);
  reporter.say("step", "done", { weights: { blue: 75, green: 25 } });
  reporter.close();
  const lines = output.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      ...{ time: "1970-01-01T00:00:02.000Z", event: "progress", text: expect.stringContaining("green 25 %") },
      ...{ color: "green", weight: 25, observed: 24.8, samples: 120, samplesNeeded: 200 },
      judge: "own samples",
      ...{ errorRate: 0, maxErrorRate: 1, p99Ms: 12, maxP99Ms: 24, leftSeconds: 5 },
    },
    { time: "1970-01-01T00:00:02.000Z", event: "step", text: "done", weights: { blue: 75, green: 25 } },
  ]);
});

test("on a terminal the progress is one line that changes, and what has happened stays above it", () => {
  const reporter = createReporter({ live: true });
  reporter.doing("Connecting …");
  expect(output).toContain("Connecting …");
  reporter.say("step", "blue 75 %, green 25 %: done");
  reporter.doing(STEP);
  vi.advanceTimersByTime(1000);
  expect(output).toContain("~6 s");
  reporter.close();
  expect(output).toContain("blue 75 %, green 25 %: done\n");
});
