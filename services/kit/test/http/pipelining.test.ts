import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { buildAdminApp } from "../../src/http/admin-app.ts";
import { buildEchoApp } from "../../src/http/echo-app.ts";
import { HTTP_LIMITS, type HttpLimits } from "../../src/http/limits.ts";
import { listen, testConfig, testContext } from "../support/app.ts";
import { GET, get, RawConnection } from "../support/raw.ts";

const TINY = "GET / HTTP/1.1\r\nHost:\r\n\r\n";

function start(limits?: HttpLimits) {
  const { context } = testContext();
  const handled: (() => void)[] = [];
  const app = buildEchoApp(
    testConfig({ MAX_IN_FLIGHT: "2" }),
    context,
    () => new Promise<string>((resolve) => handled.push(() => resolve("echo\n"))),
    limits,
  );
  const refused = async () =>
    (await context.metrics.registry.metrics()).match(
      /refused_total\{port="echo",reason="pipelining".* (\d+)/,
    )?.[1];
  return { app, handled, refused };
}

/** A client that sends and never reads. */
async function neverReading(port: number, text: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

describe("the requests of one connection", () => {
  test("are handled one after the other, and take one place of MAX_IN_FLIGHT", async () => {
    const { app, handled } = start();
    const port = await listen(app);
    const connection = await RawConnection.open(port);
    connection.write(GET.repeat(3));
    await expect.poll(() => handled).toHaveLength(1);
    const other = get(port);
    await expect.poll(() => handled).toHaveLength(2);
    handled[1]?.();
    expect(await other).toContain("200 OK");
    handled[0]?.();
    await expect.poll(() => handled).toHaveLength(3);
    handled[2]?.();
    await expect.poll(() => handled).toHaveLength(4);
    handled[3]?.();
    await connection.until(/(200 OK[^]*){3}echo\n$/);
  });

  test("all get 200, however many are sent at once", async () => {
    const { context } = testContext();
    const app = buildEchoApp(testConfig(), context, () => Promise.resolve("echo\n"));
    const connection = await RawConnection.open(await listen(app));
    connection.write(`${GET.repeat(9999)}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await connection.closed;
    expect(connection.received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(10_000);
    expect(connection.received.match(/HTTP\/1\.1/g)).toHaveLength(10_000);
  });

  test("are not read while some of them wait", async () => {
    const { app, handled } = start();
    const sockets: Socket[] = [];
    app.server.on("connection", (socket) => sockets.push(socket));
    const port = await listen(app);
    await neverReading(port, TINY.repeat(80_000));
    await expect.poll(() => handled).toHaveLength(1);
    // A later connection is handled after all that this one could send.
    const other = get(port);
    await expect.poll(() => handled).toHaveLength(2);
    handled[1]?.();
    await other;
    expect(sockets[0]?.bytesRead).toBeLessThanOrEqual(64 * 1024);
  });

  test("close it if all that wait take too much memory, the largest first", async () => {
    const { app, handled, refused } = start({ ...HTTP_LIMITS, maxWaitingBytes: 1024 * 1024 });
    const port = await listen(app);
    const honest = await RawConnection.open(port);
    honest.write(GET.repeat(2));
    await expect.poll(() => handled).toHaveLength(1);
    const attacker = await neverReading(port, TINY.repeat(80_000));
    await expect.poll(refused).toBe("1");
    const closed = new Promise((resolve) => attacker.once("close", resolve));
    attacker.resume();
    await closed;
    handled[0]?.();
    await expect.poll(() => handled).toHaveLength(3);
    for (const finish of handled) finish();
    await expect.poll(() => honest.received).toMatch(/(200 OK[^]*){2}echo\n$/);
  });

  test("with large headers count with their size", async () => {
    const { app, refused } = start({ ...HTTP_LIMITS, maxWaitingBytes: 30_000 });
    await neverReading(
      await listen(app),
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(15_000)}\r\n\r\n`.repeat(2),
    );
    await expect.poll(refused).toBe("1");
  });
});

test("many connections with pipelined requests are read in slices", async () => {
  const { app, handled } = start();
  const sockets: Socket[] = [];
  let requests = 0;
  app.server.on("connection", (socket) => sockets.push(socket)).on("request", () => requests++);
  const port = await listen(app);
  // So many requests that the pressure begins, and then as many again on each of twenty connections.
  for (let i = 0; i < 21; i++) await neverReading(port, TINY.repeat(2600));
  await expect.poll(() => sockets.filter(({ bytesRead }) => bytesRead > 60_000)).toHaveLength(21);
  await expect.poll(() => handled).toHaveLength(2);
  expect(requests).toBeLessThan(2 * 2621 + 21 * 50);
});

const upload = (length: number) =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${"a".repeat(length)}`;

test("a connection that is read in slices gets all its responses, with bodies of any size", async () => {
  const { context } = testContext();
  const app = buildEchoApp(testConfig(), context, () => Promise.resolve("echo\n"));
  const port = await listen(app);
  const clients = [];
  for (let i = 0; i < 8; i++) {
    const connection = await RawConnection.open(port);
    connection.write(`${GET.repeat(2000)}${upload(1)}${upload(100_000)}${upload(300)}`.repeat(2));
    connection.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    clients.push(connection);
  }
  for (const { closed } of clients) await closed;
  for (const { received } of clients) {
    expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(4007);
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(4007);
  }
});

test("on the admin port, pipelined scrapes are one scrape, and leave room for probes", async () => {
  const { context } = testContext();
  const { registry } = context.metrics;
  const original = registry.metrics.bind(registry);
  let scrapes = 0;
  registry.metrics = () => {
    scrapes++;
    return original();
  };
  const port = await listen(buildAdminApp(context));
  const sockets = [];
  for (let i = 0; i < 5; i++)
    sockets.push(await neverReading(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(17_000)));
  for (let i = 0; i < 5; i++) expect(await get(port, "/livez")).toContain("200 OK");
  expect(await get(port, "/metrics")).toContain("200 OK");
  expect(sockets).toHaveLength(5);
  expect(scrapes).toBeLessThanOrEqual(3);
});
