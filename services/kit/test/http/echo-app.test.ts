import { METHODS, request } from "node:http";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { buildEchoApp } from "../../src/http/echo-app.ts";
import { listen, testConfig, testContext } from "../support/app.ts";
import { GET, get, RawConnection, sendRaw } from "../support/raw.ts";

/** An echo app that listens: its port, its log and its drain. */
async function start(env: Record<string, string> = {}, handler = () => Promise.resolve("echo\n")) {
  const { context, lines } = testContext();
  const app = buildEchoApp(testConfig(env), context, handler);
  return { port: await listen(app), lines, drain: context.drain };
}

const CLOSE = "Host: x\r\nConnection: close\r\n";

describe("handles everything that the parser accepts", () => {
  test.each(METHODS.filter((method) => method !== "CONNECT"))("method %s", async (method) => {
    const { port } = await start();
    const response = await sendRaw(port, `${method} / HTTP/1.1\r\n${CLOSE}\r\n`);
    expect(response).toMatch(/^HTTP\/1\.1 200 /);
    expect(response.endsWith("\r\n\r\necho\n")).toBe(method !== "HEAD");
  });

  test.each([
    "/",
    "//",
    "/a/../..",
    "/%zz",
    "/%",
    "/%00",
    "/a?b=%zz&c",
    "*",
    "http://x/y",
    `/${"a".repeat(8000)}`,
  ])("path %s", async (path) => {
    const { port, lines } = await start();
    expect(await get(port, path)).toMatch(/^HTTP\/1\.1 200 [\s\S]*echo\n$/);
    expect(JSON.parse(lines.join(""))).toMatchObject({ status: 200 });
  });

  test.each([
    ["invalid JSON", "Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{"],
    ["an unknown type", "Content-Type: x/y\r\nContent-Length: 1\r\n\r\nx"],
    ["a malformed type", "Content-Type: ;;;\r\nContent-Length: 1\r\n\r\nx"],
    ["no type", "Content-Length: 1\r\n\r\nx"],
    ["chunks", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"],
    ["Expect: 100-continue", "Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx"],
    ["an upgrade", "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx"],
    ["an unknown expectation", "Expect: the best\r\nContent-Length: 1\r\n\r\nx"],
  ])("a body with %s", async (_what, rest) => {
    const { port } = await start();
    for (const method of ["POST", "GET", "DELETE"])
      expect(await sendRaw(port, `${method} / HTTP/1.1\r\n${CLOSE}${rest}`)).toMatch(
        /HTTP\/1\.1 200 [\s\S]*echo\n$/,
      );
  });

  test("a body of 32 MB, without keeping it in memory", async () => {
    const { port } = await start();
    const upload = request({ port, method: "POST" });
    const responded = once(upload, "response");
    const chunk = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 32; i++) if (!upload.write(chunk)) await once(upload, "drain");
    upload.end();
    const [{ statusCode }] = await responded;
    expect(statusCode).toBe(200);
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(64 * 1024 * 1024);
  });

  test("HTTP/1.0 without a Host", async () => {
    const { port } = await start();
    expect(await sendRaw(port, "GET / HTTP/1.0\r\n\r\n")).toMatch(/ 200 [\s\S]*echo\n$/);
  });
});

test.each([
  ["no HTTP", "hello\r\n\r\n", 400],
  ["the method of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["the method of HTTP/2 in HTTP/0.9 syntax", "PRI /a\r\n\r\n", 400],
  ["headers that are too long", `GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(20_000)}\r\n\r\n`, 431],
  ["a chunk without a size", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400],
  ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400],
])("responds with a 4xx to what the parser rejects: %s", async (_what, text, status) => {
  const { port } = await start();
  expect(await sendRaw(port, text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

describe("the log", () => {
  test("has one line per request, with its method, path, status, id and duration", async () => {
    const { port, lines } = await start();
    await get(port, "/a?b", "x-request-id: abc\r\n");
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? "");
    expect(line).toMatchObject({ method: "GET", url: "/a?b", status: 200, requestId: "abc" });
    expect(line.duration).toBeGreaterThan(0);
  });

  test("has one line of JSON for any path and id", async () => {
    const { port, lines } = await start();
    const url = '/","status":500}\\n{"\\';
    await get(port, url, 'x-request-id: "}{\r\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain("\n");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ url, status: 200 });
  });

  test("has the reason of a 500, which the client does not get", async () => {
    const { port, lines } = await start({}, () =>
      Promise.reject(new Error("secret", { cause: new Error("deep") })),
    );
    const response = await get(port);
    expect(response).toMatch(/^HTTP\/1\.1 500 [\s\S]*Internal Server Error\n$/);
    expect(response).not.toContain("secret");
    expect(JSON.parse(lines.join(""))).toMatchObject({ status: 500, error: "secret (deep)" });
  });

  test("has status 499 for an upload that the client aborted", async () => {
    const { port, lines } = await start();
    const connection = await RawConnection.open(port);
    connection.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
    connection.socket.resetAndDestroy();
    await connection.closed;
    expect(await get(port)).toContain("200 OK");
    await expect.poll(() => lines).toHaveLength(2);
    expect(lines.filter((line) => line.includes('"status":499'))).toHaveLength(1);
  });
});

/** Sends a request with a header, and returns its id in the log, which is also in the response. */
async function loggedId(header: string): Promise<string> {
  const { port, lines } = await start();
  const response = await get(port, "/", header);
  const { requestId }: { requestId: string } = JSON.parse(lines.join(""));
  expect(response).toContain(`x-request-id: ${requestId}\r\n`);
  return requestId;
}

describe("a request id", () => {
  test("is that of the client if it is valid", async () => {
    expect(await loggedId("x-request-id: a.b-C_1:2\r\n")).toBe("a.b-C_1:2");
  });

  test.each(["", "x-request-id: a b\r\n", `x-request-id: ${"a".repeat(129)}\r\n`])(
    "is new with the header %j",
    async (header) => {
      expect(await loggedId(header)).toMatch(/^[\da-f-]{36}$/);
    },
  );
});

test("responses have the colour as a header if one is set", async () => {
  const green = await start({ COLOR: "green" });
  expect(await get(green.port)).toContain("x-echo-color: green\r\n");
  const none = await start();
  expect(await get(none.port)).not.toContain("x-echo-color");
});

describe("a keep-alive connection", () => {
  test("stays open by default", async () => {
    const { port } = await start();
    const connection = await RawConnection.open(port);
    connection.write(GET);
    expect(await connection.until(/echo\n$/)).toMatch(/connection: keep-alive/i);
  });

  test("is closed by the first response after CONNECTION_MAX_AGE_MS", async () => {
    const { port } = await start({ CONNECTION_MAX_AGE_MS: "1" });
    const connection = await RawConnection.open(port);
    const opened = performance.now();
    while (performance.now() - opened < 5);
    connection.write(GET);
    await connection.closed;
    expect(connection.received).toMatch(/connection: close/i);
  });

  test("is closed by the first response of the drain, which succeeds", async () => {
    const { port, drain } = await start();
    const connection = await RawConnection.open(port);
    connection.write(GET);
    await connection.until(/echo\n$/);
    drain.started = true;
    connection.write(GET);
    await connection.closed;
    expect(connection.received).toMatch(/200 OK[\s\S]*200 OK[\s\S]*connection: close/i);
  });
});
