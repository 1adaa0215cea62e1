import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../../src/lib/paths.ts";
import type { Comparison, Sample } from "../../../tools/bench/compare.ts";
import * as contenders from "../../../tools/bench/contenders.ts";
import type { Results } from "../../../tools/bench/execute.ts";
import { figuresOf, isMet, spread } from "../../../tools/bench/figures.ts";
import type { Rate } from "../../../tools/bench/load.ts";
import { MAX_CONNECTIONS } from "../../../tools/bench/plan.ts";
import { sample } from "./support.ts";

const { BACKEND, BARE_HOP, BARE_HTTP, FRONTEND, GO_ECHO, GO_HOP } = contenders;

test("a spread has the median and the quartiles", () => {
  expect(spread([0.9, 1, 2, 0.8, 1.1])).toEqual({ value: 1, quartiles: [0.9, 1.1] });
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

const comparison = (rate: Rate, ours: Sample, theirs: Sample): Comparison => ({
  rate,
  rounds: [{ ours, theirs }],
  others: [0],
  repeated: 0,
});

/** A service with this CPU time per request next to another server, which takes 100 µs. */
function compared(ours: contenders.Contender, theirs: contenders.Contender, microseconds: number, p99Ms = 1) {
  const rates: Rate[] = [500, 2000, 8000, "saturation"];
  return {
    ours: ours.name,
    theirs: theirs.name,
    comparisons: rates.map((rate) => comparison(rate, sample(microseconds, p99Ms), sample(100))),
  };
}

/** The results of a run that keeps every promise, apart from `change`. */
function results(change: Partial<Results> = {}): Results {
  const load = { requests: 1, requestsPerSecond: 1, p99Ms: 1, rejected: 0, microseconds: 1 };
  return {
    compared: [
      compared(BACKEND, BARE_HTTP, 125, 1.2),
      compared(BACKEND, GO_ECHO, 40),
      compared(FRONTEND, BARE_HOP, 90),
      compared(FRONTEND, GO_HOP, 90),
    ],
    idle: [{ ours: BACKEND.name, theirs: BARE_HTTP.name, MiB: [{ ours: 57, theirs: 50 }] }],
    firstSeconds: [
      { server: BACKEND.name, starts: [{ firstMs: 3, steadyMs: 1 }] },
      { server: FRONTEND.name, starts: [{ firstMs: 15, steadyMs: 1 }] },
    ],
    growth: [
      { server: FRONTEND.name, connections: 256, delayMs: 0, headerBytes: 0, MiB: 125, ...load },
      { server: FRONTEND.name, connections: MAX_CONNECTIONS, delayMs: 0, headerBytes: 0, MiB: 300, ...load },
    ],
    images: [
      {
        service: "echo-backend",
        starts: { bare: [60, 60], shipped: [84, 84] },
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

  test("name each missed ratio of CPU time and of latency", () => {
    expect(
      missed(
        results({
          compared: [
            compared(BACKEND, BARE_HTTP, 126, 1.3),
            compared(BACKEND, GO_ECHO, 101),
            compared(FRONTEND, BARE_HOP, 91),
            compared(FRONTEND, GO_HOP, 121),
          ],
        }),
      ),
    ).toEqual([
      "CPU time per request: echo-backend over bare node:http, at saturation",
      "CPU time per request: echo-backend over Go, at saturation",
      "CPU time per request: echo-backend over Go, at 2000 requests/s",
      "CPU time per request: echo-frontend over Go hop, at saturation",
      "CPU time per request: echo-frontend over Go hop, at 2000 requests/s",
      "requests per second of CPU time: echo-frontend over bare node:http + undici.request, at saturation",
      "p99: echo-backend over bare node:http, at 8000 requests/s",
    ]);
  });

  test("miss the promises that were not measured", () => {
    const withoutGo = [compared(BACKEND, BARE_HTTP, 125), compared(FRONTEND, BARE_HOP, 90)];
    expect(missed(results({ compared: withoutGo })).filter((what) => !what.includes("Go"))).toEqual([]);
    expect(missed(results({ compared: withoutGo }))).toHaveLength(4);
  });

  test("compare the rounds, because the two servers of a round ran at the same time", () => {
    const rounds = [
      { ours: sample(10), theirs: sample(20) },
      { ours: sample(30), theirs: sample(60) },
      { ours: sample(50), theirs: sample(50) },
    ];
    const comparisons = [{ rate: "saturation" as const, rounds, others: [], repeated: 0 }];
    const [figure] = figuresOf(
      results({ compared: [{ ours: BACKEND.name, theirs: BARE_HTTP.name, comparisons }] }),
    );
    expect(figure).toMatchObject({ value: 0.5, quartiles: [0.5, 0.75] });
  });

  test("miss the limits of a slow first second and of idle memory", () => {
    const firstSeconds = [
      { server: BACKEND.name, starts: [{ firstMs: 3.1, steadyMs: 1 }] },
      { server: FRONTEND.name, starts: [{ firstMs: 15.1, steadyMs: 1 }] },
    ];
    const idle = [{ ours: BACKEND.name, theirs: BARE_HTTP.name, MiB: [{ ours: 58, theirs: 50 }] }];
    expect(missed(results({ firstSeconds, idle }))).toEqual([
      "p99 of a new process: its first second over its last: echo-backend",
      "p99 of a new process: its first second over its last: echo-frontend",
      "idle memory: echo-backend over bare node:http",
    ]);
  });

  test("have the promises of docs/performance.md", () => {
    const [, table = ""] =
      /^## Promises$(.*?)^The measured values/ms.exec(readFileSync(`${ROOT}docs/performance.md`, "utf8")) ??
      [];
    const promised = Array.from(
      table.matchAll(/\| (at (?:most|least) [\d.]+)[^|]*\|$/gm),
      ([, text]) => text,
    );
    const limits = figuresOf(results({ soaked: [] })).map(({ limit = { most: Number.NaN } }) =>
      "least" in limit ? `at least ${limit.least}` : `at most ${limit.most}`,
    );
    expect(new Set(promised)).toEqual(new Set(limits));
  });

  test("have the limit of the chart for the memory of a pod", () => {
    const values = readFileSync(`${ROOT}charts/echo-frontend/values.yaml`, "utf8");
    const figure = figuresOf(results()).find(({ what }) => what.includes("2000 connections"));
    expect(figure?.limit).toEqual({ most: Number(/limits:.*?memory: (\d+)Mi/s.exec(values)?.[1]) });
  });

  test("miss the memory limit if only other loads were measured", () => {
    const load = { requests: 1, requestsPerSecond: 1, p99Ms: 1, rejected: 0, microseconds: 1, MiB: 1 };
    const growth = [
      { server: FRONTEND.name, connections: 32, delayMs: 0, headerBytes: 0, ...load },
      { server: FRONTEND.name, connections: 256, delayMs: 5, headerBytes: 0, ...load },
      { server: FRONTEND.name, connections: 256, delayMs: 0, headerBytes: 1024, ...load },
      { server: BACKEND.name, connections: 256, delayMs: 0, headerBytes: 0, ...load },
    ];
    expect(missed(results({ growth }))).toEqual([
      "MiB with 256 connections: echo-frontend",
      "MiB with 2000 connections: echo-frontend",
    ]);
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
    expect(missed(results({ soaked: [95, 95, 108, 109] }))).toEqual([
      "memory over the soak: median of its last half over that of its first",
    ]);
    expect(missed(results({ soaked: [124, 124, 126, 124] }))).toEqual(["most MiB of the soak"]);
  });
});
