import { once } from "node:events";
import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { connect, Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { assert, describe, expect, onTestFinished, test } from "vitest";
import { buildAdminApp } from "../../src/http/admin-app.ts";
import { Connections } from "../../src/http/connections.ts";
import { buildEchoApp, type Context } from "../../src/http/echo-app.ts";
import { BATCH_SIZE, runInBatch } from "../../src/hot-path/event-loop-batch.ts";
import { HTTP_LIMITS } from "../../src/http/limits.ts";
import { listen, testConfig, testContext } from "../support/app.ts";
import { GET, get, RawConnection, startUpload } from "../support/raw.ts";

/** Limits that a test does not have to wait for. */
const SHORT = { ...HTTP_LIMITS, connectionsCheckingInterval: 20, unreadTimeout: 200, idleTimeout: 200 };

/** The number of connections that were closed for a reason. */
async function refused({ metrics }: Context, reason: string, port = "echo"): Promise<number> {
  const line = new RegExp(`refused_total\\{port="${port}",reason="${reason}".* (\\d+)`);
  return Number((await metrics.registry.metrics()).match(line)?.[1]);
}

/** An app with at most three connections, whose handler waits until a function of `handled` is called. */
async function start() {
  const { context } = testContext();
  const handled: (() => void)[] = [];
  const handler = () => new Promise<string>((resolve) => handled.push(() => resolve("echo\n")));
  const port = await listen(buildEchoApp(testConfig({ MAX_CONNECTIONS: "3" }), context, handler));
  /** Opens a connection with a request that is being handled. */
  const occupy = async () => {
    const before = handled.length;
    const connection = await RawConnection.open(port);
    connection.write(GET);
    await expect.poll(() => handled.length).toBe(before + 1);
    return connection;
  };
  return { context, port, handled, occupy };
}

describe("with MAX_CONNECTIONS open connections", () => {
  test("one more closes the one that has waited for its client longest", async () => {
    const { context, handled, occupy } = await start();
    const [first, second] = [await occupy(), await occupy()];
    for (const finish of handled) finish();
    for (const connection of [first, second]) await connection.until(/echo\n$/);
    // The first one is then the newest.
    first.write(GET);
    await expect.poll(() => handled).toHaveLength(3);
    handled[2]?.();
    await first.until(/(echo\n[^]*){2}$/);
    await occupy();
    await occupy();
    await second.closed;
    expect(first.socket.closed).toBe(false);
    expect(await refused(context, "limit")).toBe(1);
  });

  test("one more closes an upload before a request that is being handled", async () => {
    const { context, port, occupy } = await start();
    const [first, upload] = [await occupy(), await startUpload(port)];
    await occupy();
    await occupy();
    await upload.closed;
    expect(first.socket.closed).toBe(false);
    expect(await refused(context, "limit")).toBe(1);
  });

  test("a burst of others closes none whose request has arrived", async () => {
    const server = createServer();
    const reasons: string[] = [];
    const connections = new Connections(server, 3, HTTP_LIMITS, (reason) => reasons.push(reason));
    const [idle, silent, sends, ...others] = Array.from({ length: 6 }, () => new Socket());
    const accept = (...accepted: (Socket | undefined)[]) =>
      accepted.forEach((socket) => server.emit("connection", socket));
    const opened = (socket = new Socket()) => connections.of(socket);
    accept(idle, silent, sends, others[0]);
    await setImmediate();
    expect(opened(idle)).toBeUndefined();
    // Its request is read in the same iteration of the event loop, after these have been accepted.
    accept(others[1], others[2]);
    const connection = opened(sends);
    assert(connection);
    connections.begin(connection, new ServerResponse(new IncomingMessage(connection.socket)));
    await setImmediate();
    expect(opened(sends)).toBe(connection);
    expect(opened(silent)).toBeUndefined();
    expect(reasons).toEqual(["limit", "limit", "limit"]);
  });

  test("one more closes one at once, however many requests wait", async () => {
    const server = createServer();
    const connections = new Connections(server, 3, HTTP_LIMITS, () => undefined);
    for (let waiting = 0; waiting <= BATCH_SIZE; waiting++) runInBatch(() => undefined);
    for (let opened = 0; opened <= 3; opened++) server.emit("connection", new Socket());
    await setImmediate();
    expect(Array.from(connections.all())).toHaveLength(3);
  });

  test("one more is refused if all others are being handled", async () => {
    const { context, port, occupy } = await start();
    const connections = [await occupy(), await occupy(), await occupy()];
    const more = await RawConnection.open(port);
    await more.closed;
    expect(connections.map(({ socket }) => socket.closed)).toEqual([false, false, false]);
    expect(await refused(context, "limit")).toBe(1);
  });
});

test("clients that are always busy do not keep new ones waiting", async () => {
  const port = await listen(
    buildEchoApp(testConfig(), testContext().context, () => Promise.resolve("echo\n")),
  );
  const busy = await RawConnection.openMany(port, 400);
  let responses = 0;
  for (const { socket } of busy) {
    socket.on("data", () => {
      responses++;
      socket.write(GET);
    });
    socket.write(GET);
  }
  await Promise.all(busy.map((connection) => connection.until(/200 OK/)));
  const before = responses;
  await Promise.all(Array.from({ length: 40 }, () => get(port)));
  // 650 meanwhile. It is 1700 if no batch is short, and 8600 if each iteration of the event loop serves all that are busy.
  expect(responses - before).toBeLessThan(1000);
  for (const { socket } of busy) socket.destroy();
});

test("the admin port has at most 1000 connections, and closes those that wait longest", async () => {
  const { context } = testContext();
  const port = await listen(buildAdminApp(context));
  // The connection of the request below may be over before the limit is enforced, so these alone are 101 too many.
  const connections = await RawConnection.openMany(port, 1101);
  expect(await get(port, "/livez")).toContain("200 OK");
  await expect.poll(() => refused(context, "limit", "admin")).toBeGreaterThanOrEqual(101);
  expect(connections.filter(({ socket }) => !socket.closed).length).toBeLessThanOrEqual(1000);
});

test("the admin port closes the connection of a request with a body", async () => {
  const { context } = testContext();
  const port = await listen(buildAdminApp(context));
  for (const body of ["Content-Length: 100000", "Transfer-Encoding: chunked"]) {
    const upload = await RawConnection.open(port);
    upload.write(`POST /livez HTTP/1.1\r\nHost: x\r\n${body}\r\n\r\n`);
    await upload.closed;
    expect(upload.received).toMatch(/^HTTP\/1\.1 400 /);
  }
  expect(await get(port, "/livez", "Content-Length: 0\r\n")).toContain("200 OK");
});

const shortLived = (context: Context) =>
  buildEchoApp(testConfig(), context, () => Promise.resolve("echo\n"), SHORT);

describe("a connection", () => {
  test("whose client reads no response is closed", async () => {
    const { context } = testContext();
    const big = "x".repeat(20_000_000);
    const port = await listen(buildEchoApp(testConfig(), context, () => Promise.resolve(big), SHORT));
    const reader = await openPaused(port);
    reader.write(GET);
    await expect.poll(() => refused(context, "unread")).toBe(1);
  });

  test("without a request is closed, even if its client sends empty lines", async () => {
    const { context } = testContext();
    const port = await listen(shortLived(context));
    const connection = await RawConnection.open(port);
    connection.write(GET);
    await connection.until(/echo\n$/);
    const timer = setInterval(() => connection.write("\r\n"), 10);
    onTestFinished(() => clearInterval(timer));
    await connection.closed;
    expect(await refused(context, "idle")).toBe(1);
  });

  test("whose request takes long stays open", async () => {
    const { context } = testContext();
    const { promise, resolve } = Promise.withResolvers<string>();
    const port = await listen(buildEchoApp(testConfig(), context, () => promise, SHORT));
    const slow = await RawConnection.open(port);
    slow.write(GET);
    const idle = await idleOn(shortLived(context));
    await idle.closed;
    resolve("echo\n");
    expect(await slow.until(/echo\n$/)).toContain("200 OK");
  });
});

/** An idle connection to another app, which shows that the limits have taken effect. */
async function idleOn(app: FastifyInstance): Promise<RawConnection> {
  const connection = await RawConnection.open(await listen(app));
  connection.write(GET);
  await connection.until(/echo\n$/);
  return connection;
}

async function openPaused(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}
