import { Registry } from "prom-client";
import { expect, test } from "vitest";
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
