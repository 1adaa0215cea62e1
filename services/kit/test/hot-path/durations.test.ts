import * as fc from "fast-check";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { Durations } from "../../src/hot-path/durations.ts";
import { Durations as LibraryDurations } from "./library/durations.ts";

const BUCKETS = [0.001, 0.01, 0.1];
const OPTIONS = {
  name: "seconds",
  help: "How long.",
  buckets: BUCKETS,
  labelNames: ["method", "status"],
} as const;

/** A histogram and the library's, each in a registry of its own. */
function bothHistograms() {
  const [registry, libraryRegistry] = [new Registry(), new Registry()];
  for (const each of [registry, libraryRegistry]) each.setDefaultLabels({ color: "blue" });
  const durations = new Durations({ ...OPTIONS, registry });
  const libraryDurations = new LibraryDurations({ ...OPTIONS, registry: libraryRegistry });
  const observe = (method: string, status: number, milliseconds: number) => {
    durations.observe(method, status, milliseconds);
    libraryDurations.observe(method, status, milliseconds);
  };
  return { registry, libraryRegistry, durations, observe };
}

const byName = (a: string, b: string) => a.localeCompare(b);

/** The lines of an exposition in alphabetical order, each with its labels in that order. */
function sorted(text: string): string[] {
  const sortLabels = (_match: string, labels: string) => `{${labels.split(",").toSorted(byName).join(",")}}`;
  return text
    .split("\n")
    .map((line) => line.replace(/\{(.*)\}/, sortLabels))
    .toSorted(byName);
}

test("exposes what prom-client's histogram exposes, for any observations", async () => {
  const milliseconds = fc.oneof(fc.double({ min: 0, max: 1000, noNaN: true }), fc.constantFrom(1, 10, 100));
  const observations = fc.array(
    fc.tuple(fc.constantFrom("GET", "POST", "M-SEARCH"), fc.constantFrom(200, 503), milliseconds),
  );
  await fc.assert(
    fc.asyncProperty(observations, async (all) => {
      const { registry, libraryRegistry, observe } = bothHistograms();
      for (const [method, status, duration] of all) observe(method, status, duration);
      expect(sorted(await registry.metrics())).toEqual(sorted(await libraryRegistry.metrics()));
    }),
    { numRuns: 300 },
  );
});

test("adds up from one scrape to the next", async () => {
  const { registry, observe } = bothHistograms();
  observe("GET", 200, 5);
  await registry.metrics();
  observe("GET", 200, 500);
  const text = await registry.metrics();
  expect(text).toContain('seconds_bucket{le="0.1",method="GET",status="200",color="blue"} 1');
  expect(text).toContain('seconds_bucket{le="+Inf",method="GET",status="200",color="blue"} 2');
  expect(text).toContain('seconds_sum{method="GET",status="200",color="blue"} 0.505');
});

test("works with the other functions of a registry", async () => {
  const { registry, durations, observe } = bothHistograms();
  observe("GET", 200, 5);
  expect(registry.getSingleMetric("seconds")).toBe(durations);
  expect(await registry.getSingleMetricAsString("seconds")).toContain('method="GET"');
  const [json] = await registry.getMetricsAsJSON();
  expect(json).toMatchObject({ name: "seconds", type: "histogram" });
  expect(json?.values).toHaveLength(BUCKETS.length + 3);
  registry.resetMetrics();
  expect(await registry.metrics()).not.toContain('method="GET"');
});

test("inherits nothing of prom-client's Histogram that would do nothing", () => {
  const { durations } = bothHistograms();
  for (const name of ["startTimer", "zero", "remove", "labels"]) expect(durations).not.toHaveProperty(name);
});
