import { expect, test } from "vitest";
import type { StepProgress } from "../../../src/traffic/judge/progress.ts";
import { readReference, startRealTrafficCanary } from "../../../src/traffic/judge/real-traffic-canary.ts";
import type { Weights } from "../../../src/domain/weights.ts";
import { FakePrometheus } from "../../support/fake-prometheus.ts";
import { FakeSwitch } from "../../support/fake-switch.ts";

const BLUE = { blue: 100, green: 0 };
const HALF = { blue: 50, green: 50 };
const GREEN = { blue: 0, green: 100 };
const GOOD = { rate: 20_000, errors: 0, p99: 0.012, age: 1 };
const BROKEN = { status: 200, type: "text/html", body: "<html></html>" };
const { signal } = new AbortController();

interface Options {
  colors?: FakePrometheus["colors"];
  graceMs?: number;
  minRequests?: number;
  /** The weights before the step. */
  now?: Weights;
  onProgress?: (progress: StepProgress, fake: FakePrometheus, traffic: FakeSwitch) => void;
}

/** A canary to green. `watch` watches its step at 50 %. */
async function start({
  colors = { blue: GOOD, green: GOOD },
  graceMs = 600_000,
  minRequests = 200,
  now = BLUE,
  onProgress,
}: Options = {}) {
  const fake = new FakePrometheus(colors);
  const url = await fake.start();
  const traffic = new FakeSwitch();
  const { labels } = traffic;
  const limits = { intervalMs: 1, maxErrorRate: 1, maxP99Ratio: 2, realTraffic: { url, minRequests } };
  const options = {
    ...{ labels, now, signal, times: { pollMs: 1, graceMs } },
    onProgress: (progress: StepProgress) => onProgress?.(progress, fake, traffic),
  };
  const watch = async () => {
    const step = await startRealTrafficCanary("green", limits, traffic.sample, options);
    traffic.weights = HALF;
    return step(HALF);
  };
  return { fake, watch, reference: () => readReference("green", limits, { labels, now, signal }) };
}

test("a good step says who judged, and on how many requests", async () => {
  const { watch } = await start();
  expect(await watch()).toMatch(
    /^observed green 50\.0 % of 1000 requests after [\d.]+ s; green: \d{3,} requests, 0 errors, p99 12 ms \(judge: Prometheus\)$/,
  );
});

test("a step fails with the users' errors, which no sample had", async () => {
  const { watch } = await start({ colors: { blue: GOOD, green: { ...GOOD, errors: 1000 } } });
  await expect(watch()).rejects.toThrow(
    /^green is not good enough: 5\.0 % of its \d+ requests failed, expected at most 1 % \(judge: Prometheus\)$/,
  );
});

test("a step fails with a p99 far above the other colour's", async () => {
  const { watch } = await start({ colors: { blue: GOOD, green: { ...GOOD, p99: 0.5 } } });
  await expect(watch()).rejects.toThrow(
    "its p99 is 500 ms, expected at most 2 times the other colour's 12 ms",
  );
});

test("the progress counts the users' requests", async () => {
  const seen: StepProgress[] = [];
  const { watch } = await start({ onProgress: (progress) => void seen.push(progress) });
  await watch();
  expect(seen.findLast(({ judge }) => judge === "Prometheus")).toMatchObject({
    samplesNeeded: 200,
    observed: 50,
    errorRate: 0,
  });
});

test("a step ends only if the samples still follow, also if Prometheus saw no error", async () => {
  const seen: unknown[] = [];
  const { watch } = await start({
    onProgress: ({ judge, observed }, _fake, traffic) => {
      seen.push(judge ?? observed);
      // The colour's pods are gone during the step, and come back.
      if (judge === "Prometheus") traffic.weights = BLUE;
      if (seen.includes("Prometheus") && observed === 0) traffic.weights = HALF;
    },
  });
  await watch();
  expect(seen.slice(seen.lastIndexOf("Prometheus") + 1)).toEqual([undefined, 0, 50]);
});

test("a short outage of Prometheus does not end a step", async () => {
  let failed = 0;
  let before: number | undefined;
  const { watch } = await start({
    onProgress: ({ judge }, fake) => {
      if (judge !== "Prometheus") return;
      before ??= fake.queries.length;
      failed = fake.queries.length - before;
      fake.broken = failed < 3 ? BROKEN : undefined;
    },
  });
  expect(await watch()).toContain("(judge: Prometheus)");
  expect(failed).toBeGreaterThanOrEqual(3);
});

test("a long outage of Prometheus ends a step", async () => {
  const { watch } = await start({
    graceMs: 20,
    onProgress: ({ judge }, fake) => {
      if (judge === "Prometheus") fake.broken = BROKEN;
    },
  });
  await expect(watch()).rejects.toThrow("expected the URL of a Prometheus");
});

test("a step without data of the target fails", async () => {
  const { watch } = await start({ graceMs: 20, colors: { blue: GOOD } });
  await expect(watch()).rejects.toThrow("has no data of echo-backend green");
});

test("a step with too few requests of the target fails", async () => {
  const { watch } = await start({ graceMs: 20, colors: { blue: GOOD, green: { ...GOOD, rate: 0 } } });
  await expect(watch()).rejects.toThrow(
    /counts 0 requests of green in \d+ s, expected at least 200\.\nUse a longer --interval, or a smaller --min-requests\./,
  );
});

test("too few requests of the other colour are an error before anything moves", async () => {
  const { reference } = await start({ colors: { blue: { ...GOOD, rate: 1 } } });
  await expect(reference()).rejects.toThrow(/counts 0 requests of blue in \d+ s, expected at least 200/);
});

test("a shift that crashed in its last step needs no requests of the other colour", async () => {
  const { watch, reference } = await start({ colors: { green: GOOD }, now: GREEN });
  expect((await reference()).reference).toBeUndefined();
  expect(await watch()).toContain("0 errors, p99 12 ms (judge: Prometheus)");
});

test("the other colour's last figures are the reference of a step without traffic for it", async () => {
  const fast = { ...GOOD, p99: 0.01 };
  const { watch } = await start({
    colors: { blue: fast, green: { ...GOOD, p99: 0.3 } },
    onProgress: (_progress, fake) => delete fake.colors["blue"],
  });
  await expect(watch()).rejects.toThrow("the other colour's 10 ms");
});
