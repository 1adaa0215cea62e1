import { describe, expect, test } from "vitest";
import { BACKEND, BARE_HOP, BARE_HTTP, CONTENDERS, FRONTEND } from "../../../tools/bench/contenders.ts";
import type { Results } from "../../../tools/bench/execute.ts";
import { figuresOf, isMet, ratio } from "../../../tools/bench/figures.ts";

test("a ratio compares the medians, and its spread the rounds", () => {
  expect(ratio([10, 30, 20], [10, 10, 40])).toEqual({ value: 2, spread: [0.5, 3] });
});

test.each([
  [1.1, { least: 1.1 }, true],
  [1.09, { least: 1.1 }, false],
  [160, { most: 160 }, true],
  [160.1, { most: 160 }, false],
  [Number.NaN, { most: 160 }, false],
  [Number.NaN, { least: 1 }, false],
])("%d with the promise %j is met: %s", (value, limit, met) => {
  expect(isMet({ what: "it", value, limit })).toBe(met);
});

test("a figure without a promise is met", () => {
  expect(isMet({ what: "it", value: 0 })).toBe(true);
});

/** The results of a run that keeps every promise, apart from `change`. */
function results(change: Partial<Results> = {}): Results {
  const samples = { requestsPerSecond: [100], startMs: [50], idleMiB: [60], halfLoadP99Ms: [1] };
  const measured = {
    ...Object.fromEntries(CONTENDERS.map(({ name }) => [name, samples])),
    [FRONTEND.name]: { ...samples, requestsPerSecond: [120] },
  };
  const load = { requests: 1, requestsPerSecond: 1, p99Ms: 1 };
  return {
    measured,
    growth: [{ server: FRONTEND.name, connections: 256, delayMs: 0, MiB: 120, ...load }],
    images: [
      {
        service: "echo-backend",
        starts: { bare: [60, 60], shipped: [75, 81] },
        bytes: 42_000_000,
        ownBytes: 300_000,
      },
    ],
    soaked: [100, 102, 101, 102],
    ...change,
  };
}

/** The names of the missed figures. */
const missed = (run: Results) =>
  figuresOf(run)
    .filter((figure) => !isMet(figure))
    .map(({ what }) => what);

describe("the figures of a run", () => {
  test("are met if the run keeps every promise", () => {
    expect(missed(results())).toEqual([]);
  });

  test("name each missed ratio", () => {
    const slow = { requestsPerSecond: [94], startMs: [50], idleMiB: [70], halfLoadP99Ms: [1.3] };
    const measured = { ...results().measured, [BACKEND.name]: slow };
    expect(missed(results({ measured }))).toEqual([
      "requests/s: echo-backend over bare node:http",
      "idle memory: echo-backend over bare node:http",
      "p99 at half load: echo-backend over bare node:http",
    ]);
  });

  test("compare the frontend with the bare hop", () => {
    const fast = { requestsPerSecond: [110], startMs: [50], idleMiB: [50], halfLoadP99Ms: [] };
    const measured = { ...results().measured, [BARE_HOP.name]: fast };
    expect(missed(results({ measured }))).toEqual([
      "requests/s: echo-frontend over bare node:http + undici",
      "idle memory: echo-frontend over bare node:http + undici",
    ]);
  });

  test("miss the memory limit if only other loads were measured", () => {
    const load = { requests: 1, requestsPerSecond: 1, p99Ms: 1, MiB: 1 };
    const growth = [
      { server: FRONTEND.name, connections: 32, delayMs: 0, ...load },
      { server: FRONTEND.name, connections: 256, delayMs: 5, ...load },
      { server: BARE_HTTP.name, connections: 256, delayMs: 0, ...load },
    ];
    expect(missed(results({ growth }))).toEqual(["MiB with 256 connections: echo-frontend"]);
  });

  test("miss the limits of an image that starts slowly or is large", () => {
    const images = [
      {
        service: "echo-frontend" as const,
        starts: { bare: [60], shipped: [85] },
        bytes: 51e6,
        ownBytes: 1.1e6,
      },
    ];
    expect(missed(results({ images }))).toEqual([
      "start to first 200, in the image: echo-frontend over bare node:http",
      "MB of the image, compressed: echo-frontend",
      "MB of it that are ours: echo-frontend",
    ]);
  });

  test("miss the limits of a soak in which memory grows", () => {
    expect(missed(results({ soaked: [100, 101, 112, 114] }))).toEqual([
      "memory over the soak: median of its last half over that of its first",
    ]);
    expect(missed(results({ soaked: [159, 159, 161, 159] }))).toEqual(["most MiB of the soak"]);
  });
});
