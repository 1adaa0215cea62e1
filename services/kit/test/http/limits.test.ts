import { describe, expect, onTestFinished, test } from "vitest";
import { buildAdminApp } from "../../src/http/admin-app.ts";
import { buildEchoApp } from "../../src/http/echo-app.ts";
import { HTTP_LIMITS, type HttpLimits } from "../../src/http/limits.ts";
import { listen, testConfig, testContext } from "../support/app.ts";
import { RawConnection, sendRaw } from "../support/raw.ts";

const echoApp = (limits?: HttpLimits) =>
  buildEchoApp(testConfig(), testContext().context, () => Promise.resolve("echo\n"), limits);
const adminApp = (limits?: HttpLimits) => buildAdminApp(testContext().context, limits);
const apps = [
  ["echo", echoApp],
  ["admin", adminApp],
] as const;

/** Limits that a test does not have to wait for. */
const SHORT: HttpLimits = { ...HTTP_LIMITS, headersTimeout: 300, connectionsCheckingInterval: 20 };

/** Writes one byte after the other, until the server closes the connection. */
function drip(connection: RawConnection, ms = 5): void {
  const timer = setInterval(() => connection.write("a"), ms);
  connection.socket.on("close", () => clearInterval(timer));
  onTestFinished(() => clearInterval(timer));
}

describe.each(apps)("on the %s port", (_name, build) => {
  test("headers have 15 s by default, checked every second", () => {
    expect(HTTP_LIMITS).toMatchObject({ headersTimeout: 15_000, connectionsCheckingInterval: 1000 });
    expect(build().server.headersTimeout).toBe(15_000);
  });

  test("incomplete headers get 408 after the time limit", async () => {
    const connection = await RawConnection.open(await listen(build(SHORT)));
    connection.write("GET / HTTP/1.1\r\nHost: x\r\n");
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  test("headers that arrive byte by byte get no more time", async () => {
    const connection = await RawConnection.open(await listen(build(SHORT)));
    connection.write("GET / HTTP/1.1\r\n");
    drip(connection);
    await connection.closed;
    // The 408 can be lost, because a further byte resets the connection.
    expect(connection.received).toMatch(/^$|^HTTP\/1\.1 408 /);
  });

  test.each([
    ["in one header", `GET /livez HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(17_000)}\r\n\r\n`],
    ["in many headers", `GET /livez HTTP/1.1\r\nHost: x\r\n${`a: ${"b".repeat(200)}\r\n`.repeat(90)}\r\n`],
    ["in the path", `GET /${"a".repeat(65_536)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ])("more than 16 KiB get 431: %s", async (_where, text) => {
    expect(await sendRaw(await listen(build()), text)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

/** Starts an upload of so many bytes, and sends none. */
const startBody = async (limits: HttpLimits, bytes: number) => {
  const { context, lines } = testContext();
  const app = buildEchoApp(testConfig(), context, () => Promise.resolve("echo\n"), limits);
  const connection = await RawConnection.open(await listen(app));
  connection.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n`);
  return { connection, lines };
};

describe("a body", () => {
  const slow = { ...SHORT, bodyPeriod: 100, minBodyBytes: 20 };
  test("that arrives too slowly gets 408, and the log says why", async () => {
    const { connection, lines } = await startBody(slow, 1000);
    drip(connection, 50);
    await connection.closed;
    // The 408 can be lost, because a further byte resets the connection.
    expect(connection.received).toMatch(/^$|^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      status: 408,
      error: expect.stringContaining("at least 20"),
    });
    expect(lines).toHaveLength(1);
  });

  test("that does not arrive at all gets 408", async () => {
    const { connection } = await startBody(slow, 1000);
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[^]*\r\nconnection: close\r\n/);
  });

  test("may take any time at the minimum rate", async () => {
    const { connection } = await startBody({ ...slow, bodyPeriod: 1000, minBodyBytes: 1 }, 500);
    drip(connection, 5);
    // It drips on after the end of the body, so the response may not be the last.
    expect(await connection.until(/echo\n/)).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});

test("a body may take longer than the headers", async () => {
  const port = await listen(echoApp(SHORT));
  const upload = await RawConnection.open(port);
  upload.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nx");
  const other = await RawConnection.open(port);
  other.write("GET / HTTP/1.1\r\n");
  // The limit has then taken effect on a connection that is no older.
  await other.closed;
  expect(other.received).toContain("408");
  upload.write("x");
  await upload.closed;
  expect(upload.received).toMatch(/^HTTP\/1\.1 200 OK/);
});
