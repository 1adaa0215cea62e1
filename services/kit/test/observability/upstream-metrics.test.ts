import { Registry } from "prom-client";
import { expect, onTestFinished, test, vi } from "vitest";
import { measureUpstream } from "../../src/observability/upstream-metrics.ts";

test("20 versions of the backend are a label, and further or longer ones are `other`", async () => {
  const registry = new Registry();
  const observe = measureUpstream(registry);
  const tooLong = "1".repeat(65);
  observe("answered", tooLong, 5);
  for (let i = 0; i < 10_000; i++) observe("answered", `version ${i}`, 5);
  observe("timeout", "", 2000);
  const text = await registry.metrics();
  expect(text.match(/^upstream_request_duration_seconds_count\{/gm)).toHaveLength(22);
  expect(text).not.toContain(tooLong);
  expect(text).toContain(
    'upstream_request_duration_seconds_count{outcome="answered",backend_version="other"} 9981',
  );
});

/** The versions that have a series. */
async function versionsIn(registry: Registry): Promise<(string | undefined)[]> {
  const lines = (await registry.metrics()).matchAll(
    /_count\{outcome="answered",backend_version="([^"]*)"\}/g,
  );
  return Array.from(lines, ([, version]) => version);
}

test("a new version takes the place of those without a response for ten minutes, and no other's", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const registry = new Registry();
  const observe = measureUpstream(registry);
  const versions = Array.from({ length: 20 }, (_, index) => `${11 + index}.0`);
  for (const version of versions) observe("answered", version, 5);
  observe("timeout", "11.0", 2000);
  vi.advanceTimersByTime(599_999);
  observe("answered", "30.0", 5);
  observe("answered", "31.0", 5);
  expect(await versionsIn(registry)).toEqual([...versions, "other"]);
  vi.advanceTimersByTime(1);
  observe("answered", "31.0", 5);
  expect(await versionsIn(registry)).toEqual(["30.0", "other", "31.0"]);
  expect(await registry.metrics()).not.toContain("11.0");
});

test("a request without a version is not `other`, however many versions there were", async () => {
  const registry = new Registry();
  const observe = measureUpstream(registry);
  for (let i = 0; i < 30; i++) observe("answered", `version ${i}`, 5);
  observe("timeout", "", 2000);
  expect(await registry.metrics()).toContain(
    'upstream_request_duration_seconds_count{outcome="timeout",backend_version=""} 1',
  );
});
