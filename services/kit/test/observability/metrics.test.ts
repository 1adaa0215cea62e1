import { METHODS } from "node:http";
import { Agent, request } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { buildEchoApp } from "../../src/http/echo-app.ts";
import { listen, testConfig, testContext } from "../support/app.ts";
import { get, sendRaw } from "../support/raw.ts";

const series = (text: string, name: string) => text.split("\n").filter((line) => line.startsWith(`${name}{`));

test("10,000 random paths make no more series than there are methods", async () => {
  const { context } = testContext();
  const port = await listen(buildEchoApp(testConfig(), context, () => Promise.resolve("echo")));
  const methods = METHODS.filter((method) => method !== "CONNECT");
  const dispatcher = new Agent();
  onTestFinished(() => dispatcher.destroy());
  for (let i = 0; i < 10_000; i++) {
    const url = `http://127.0.0.1:${port}/${Math.random()}?${i}`;
    const { body } = await request(url, { dispatcher, method: methods[i % methods.length] ?? "GET" });
    await body.dump();
  }
  for (let i = 0; i < 100; i++)
    expect(await sendRaw(port, `M${i}X / HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
  const text = await context.metrics.registry.metrics();
  expect(series(text, "http_request_duration_seconds_count")).toHaveLength(methods.length);
  expect(text).not.toContain("/0.");
});

test("the buckets tell a millisecond from a tenth of it", async () => {
  const { context } = testContext();
  const port = await listen(buildEchoApp(testConfig(), context, () => Promise.resolve("echo")));
  await get(port);
  const buckets = series(await context.metrics.registry.metrics(), "http_request_duration_seconds_bucket");
  expect(buckets[0]).toContain('le="0.0001"');
});
