import { expect, test } from "vitest";
import { buildAdminApp } from "../../src/http/admin-app.ts";
import { testContext } from "../support/app.ts";

test("is live until the end, is ready until the drain, and has no other path", async () => {
  const { context } = testContext();
  const app = buildAdminApp(context);
  const status = async (url: string) => (await app.inject(url)).statusCode;
  expect(await status("/livez")).toBe(200);
  expect(await status("/readyz")).toBe(200);
  expect(await status("/")).toBe(404);
  expect(await status("/livez/x")).toBe(404);
  context.drain.started = true;
  expect(await status("/livez")).toBe(200);
  expect(await status("/readyz")).toBe(503);
  await app.close();
});

test("exposes metrics in Prometheus' text format", async () => {
  const { context } = testContext();
  context.metrics.requestStarted();
  context.metrics.requestEnded("GET", 200, 12);
  const app = buildAdminApp(context);
  const { headers, body } = await app.inject("/metrics");
  expect(headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(body).toMatch(/http_request_duration_seconds_count\{[^}]*method="GET",status="200"[^}]*\} 1/);
  expect(body).toContain("nodejs_eventloop_lag");
  expect(body).toMatch(/echo_build_info\{revision="abc",service="test",version="1\.0",color=""\} 1/);
  await app.close();
});
