import { expect, test } from "vitest";
import { quantile, summarize } from "../../../src/ui/page/summary.ts";
import { resultOf, resultsOf } from "../../support/results.ts";

const failed = { ok: false };

test("errors count for the colour that returned them", () => {
  const summary = summarize([
    ...resultsOf({ blue: 6, green: 2 }),
    ...resultsOf({ green: 1, unknown: 1 }, failed),
  ]);
  expect(summary).toMatchObject({ count: 10, errorShare: 0.2 });
  expect(summary.groups.map(({ label, share, errorShare }) => [label, share, errorShare])).toEqual([
    ["blue 11.0", 0.6, 0],
    ["green 12.0", 0.3, 1 / 3],
    ["unknown", 0.1, 1],
  ]);
});

test("a colour has one group with all its versions, other backends have one for each version", () => {
  const versions = ["12.1", "12.0"].map((version) => resultOf("green", { version }));
  const others = ["none", "13.0"].map((version) => resultOf("other", { version }));
  expect(summarize([...others, ...versions]).groups.map(({ label }) => label)).toEqual([
    "green 12.0 and 12.1",
    "13.0",
    "none",
  ]);
});

test("without any response there is no share", () => {
  const noResponse = resultsOf({ unknown: 5 }, { ...failed, responded: false });
  expect(summarize(noResponse)).toMatchObject({ count: 0, groups: [], errorShare: 0 });
  expect(summarize([...noResponse, resultOf("blue")])).toMatchObject({ count: 6, errorShare: 5 / 6 });
});

test("weights are the newest, and name a colour without a response too", () => {
  const summary = summarize([
    resultOf("blue", { weights: { blue: 100, green: 0 } }),
    resultOf("blue", { weights: { blue: 95, green: 5 } }),
    resultOf("unknown", failed),
  ]);
  expect(summary.groups.map(({ label, count, weight }) => [label, count, weight])).toEqual([
    ["blue 11.0", 2, 95],
    ["green", 0, 5],
    ["unknown", 1, undefined],
  ]);
});

test("latencies are those of the server, as far as they are known", () => {
  const results = [30, 10, undefined, 20].map((serverMs) =>
    resultOf("blue", { timing: serverMs === undefined ? {} : { serverMs } }),
  );
  expect(summarize(results)).toMatchObject({ p50: 20, p99: 30, groups: [{ p50: 20, p99: 30 }] });
  expect(quantile([], 0.5)).toBeUndefined();
});
