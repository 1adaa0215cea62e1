import { Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { Durations } from "../src/durations.ts";

const BUCKETS = [0.001, 0.01, 0.1];
const LABELS = ["method", "status"] as const;
const OPTIONS = { name: "seconds", help: "How long.", buckets: BUCKETS };

/** Lines of an exposition in alphabetical order, each with its labels in that order too. */
const byName = (a: string, b: string) => a.localeCompare(b);
const sorted = (text: string) =>
  text
    .split("\n")
    .map((line) =>
      line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(",").toSorted(byName).join(",")}}`),
    )
    .toSorted(byName);

test("shows what prom-client's own histogram shows, for any durations", async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  for (const registry of [ours, theirs]) registry.setDefaultLabels({ color: "blue" });
  const durations = new Durations({ ...OPTIONS, labelNames: LABELS, registers: [ours] });
  const histogram = new Histogram({ ...OPTIONS, labelNames: LABELS, registers: [theirs] });
  const observe = (method: string, status: number, milliseconds: number) => {
    durations.add(method, status, milliseconds);
    histogram.observe({ method, status }, milliseconds / 1000);
  };
  expect(await ours.metrics()).toBe(await theirs.metrics());
  for (const onBound of [1, 10, 100]) observe("GET", 200, onBound);
  for (let i = 0; i < 2000; i++)
    observe(["GET", "POST", "M-SEARCH"][i % 3] ?? "", i % 5 === 0 ? 503 : 200, 1.2 ** (i % 40) / 10);
  expect(sorted(await ours.metrics())).toEqual(sorted(await theirs.metrics()));
  expect(await ours.metrics()).toContain('seconds_count{method="M-SEARCH",status="503",color="blue"}');
});

test("adds up from one scrape to the next", async () => {
  const registry = new Registry();
  const durations = new Durations({ ...OPTIONS, labelNames: LABELS, registers: [registry] });
  durations.add("GET", 200, 5);
  await registry.metrics();
  durations.add("GET", 200, 500);
  const text = await registry.metrics();
  expect(text).toContain('seconds_bucket{le="0.1",method="GET",status="200"} 1');
  expect(text).toContain('seconds_bucket{le="+Inf",method="GET",status="200"} 2');
  expect(text).toContain('seconds_sum{method="GET",status="200"} 0.505');
});
