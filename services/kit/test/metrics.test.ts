import { once } from "node:events";
import { Agent, METHODS, request } from "node:http";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { measureUpstream } from "../src/metrics.ts";
import { buildEchoApp } from "../src/echo-app.ts";
import { commonSettings, parseConfig } from "../src/config.ts";
import * as v from "valibot";
import { listen, testContext } from "./support/app.ts";
import { RawConnection, sendRaw } from "./support/raw.ts";

const config = parseConfig(v.object(commonSettings), {});
const series = (text: string, name: string) =>
  text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
const valueOf = (text: string, name: string) => Number(series(text, name)[0]?.split(" ").at(-1));

test("10,000 random paths and methods make no more series than there are methods that the parser knows", async () => {
  const { context } = testContext();
  const port = await listen(buildEchoApp(config, context, () => Promise.resolve("echo")));
  const methods = METHODS.filter((method) => method !== "CONNECT");
  const agent = new Agent({ keepAlive: true });
  for (let i = 0; i < 10_000; i++) {
    const asked = request({
      port,
      agent,
      method: methods[i % methods.length],
      path: `/${Math.random()}?${i}`,
    });
    const [answer] = await once(asked.end(), "response");
    await once(answer.resume(), "end");
  }
  agent.destroy();
  for (let i = 0; i < 100; i++)
    expect(await sendRaw(port, `M${i}X / HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
  const text = await context.metrics.registry.metrics();
  expect(series(text, "http_request_duration_seconds_count")).toHaveLength(methods.length);
  expect(text).not.toContain("/0.");
});

test("requests in flight and connections are counted while they last", async () => {
  const { context } = testContext();
  const { promise, resolve } = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  const app = buildEchoApp(config, context, () => {
    begun.resolve();
    return promise;
  });
  const port = await listen(app);
  const connection = await RawConnection.open(port);
  connection.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  await begun.promise;
  const during = await context.metrics.registry.metrics();
  expect(valueOf(during, "http_requests_in_flight")).toBe(1);
  expect(valueOf(during, "http_connections")).toBe(1);
  resolve("echo");
  await connection.closed;
  await expect
    .poll(async () => valueOf(await context.metrics.registry.metrics(), "http_connections"))
    .toBe(0);
  const after = await context.metrics.registry.metrics();
  expect(valueOf(after, "http_requests_in_flight")).toBe(0);
  expect(valueOf(after, "http_connections_total")).toBe(1);
});

test("a request that its client gave up is not in flight for ever", async () => {
  const { context } = testContext();
  const { promise, resolve } = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  const app = buildEchoApp(config, context, () => {
    begun.resolve();
    return promise;
  });
  const port = await listen(app);
  const connection = await RawConnection.open(port);
  connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await begun.promise;
  connection.socket.resetAndDestroy();
  await connection.closed;
  resolve("echo");
  await expect
    .poll(async () => valueOf(await context.metrics.registry.metrics(), "http_requests_in_flight"))
    .toBe(0);
});

test.each([
  ["by a reset", (connection: RawConnection) => connection.socket.resetAndDestroy()],
  [
    "by a CONNECT",
    (connection: RawConnection) => connection.write("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"),
  ],
])("pipelined requests that their client gave up %s are not in flight for ever", async (_how, giveUp) => {
  const { context, lines } = testContext();
  let begun = 0;
  const { promise, resolve } = Promise.withResolvers<string>();
  const app = buildEchoApp(config, context, () => {
    begun++;
    return promise;
  });
  const connection = await RawConnection.open(await listen(app));
  connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
  await expect.poll(() => begun).toBe(20);
  giveUp(connection);
  await expect
    .poll(async () => valueOf(await context.metrics.registry.metrics(), "http_requests_in_flight"))
    .toBe(0);
  expect(lines.filter((line) => line.includes('"status":499'))).toHaveLength(20);
  resolve("echo");
});

test("an echo of a millisecond falls between buckets that tell it from two", async () => {
  const { context } = testContext();
  const app = buildEchoApp(config, context, () => Promise.resolve("echo"));
  const port = await listen(app);
  await sendRaw(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const buckets = series(await context.metrics.registry.metrics(), "http_request_duration_seconds_bucket");
  expect(buckets[0]).toContain('le="0.0001"');
});

test("the backend's versions are a label, and too many or too long ones are `other`", async () => {
  const registry = new Registry();
  const observe = measureUpstream(registry);
  const tooLong = "1".repeat(65);
  observe("answered", tooLong, 5);
  for (let i = 0; i < 10_000; i++) observe("answered", `version ${i}`, 5);
  observe("timeout", "", 2000);
  const text = await registry.metrics();
  expect(series(text, "upstream_request_duration_seconds_count")).toHaveLength(22);
  expect(text).not.toContain(tooLong);
  expect(text).toContain(
    'upstream_request_duration_seconds_count{outcome="answered",backend_version="other"} 9981',
  );
});
