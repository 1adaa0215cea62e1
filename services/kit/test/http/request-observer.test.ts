import { describe, expect, test } from "vitest";
import { buildEchoApp } from "../../src/http/echo-app.ts";
import { listen, testConfig, testContext } from "../support/app.ts";
import { GET, RawConnection } from "../support/raw.ts";

/** An app whose handler waits for `finish`, and the values of its metrics. */
async function start() {
  const { context, lines } = testContext();
  const { promise, resolve } = Promise.withResolvers<string>();
  let handled = 0;
  const app = buildEchoApp(testConfig(), context, () => {
    handled++;
    return promise;
  });
  const connection = await RawConnection.open(await listen(app));
  const valueOf = async (name: string) => {
    const text = await context.metrics.registry.metrics();
    return Number(new RegExp(`^${name}\\{.*\\} (\\S+)$`, "m").exec(text)?.[1]);
  };
  const expectHandled = (count: number) => expect.poll(() => handled).toBe(count);
  return { connection, expectHandled, valueOf, lines, finish: () => resolve("echo") };
}

test("requests in flight and connections are counted while they last", async () => {
  const { connection, expectHandled, valueOf, finish } = await start();
  connection.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  await expectHandled(1);
  expect(await valueOf("http_requests_in_flight")).toBe(1);
  expect(await valueOf("http_connections")).toBe(1);
  finish();
  await connection.closed;
  await expect.poll(() => valueOf("http_connections")).toBe(0);
  expect(await valueOf("http_requests_in_flight")).toBe(0);
  expect(await valueOf("http_connections_total")).toBe(1);
});

describe("if the client closes the connection before the response", () => {
  test("a request is no longer in flight, and is logged with status 499", async () => {
    const { connection, expectHandled, valueOf, lines } = await start();
    connection.write(GET);
    await expectHandled(1);
    connection.socket.resetAndDestroy();
    await expect.poll(() => valueOf("http_requests_in_flight")).toBe(0);
    expect(lines.map((line) => JSON.parse(line).status)).toEqual([499]);
  });

  test.each([
    ["a reset", "", (connection: RawConnection) => connection.socket.resetAndDestroy()],
    ["a CONNECT", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", () => undefined],
  ])(
    "by %s, a pipelined request that has not begun is not counted and not logged",
    async (_how, end, close) => {
      const { connection, expectHandled, valueOf, lines, finish } = await start();
      connection.write(GET.repeat(20) + end);
      await expectHandled(1);
      close(connection);
      await connection.closed;
      finish();
      await expect.poll(() => valueOf("http_requests_in_flight")).toBe(0);
      expect(lines).toHaveLength(1);
    },
  );
});
