import { METHODS, request } from "node:http";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { commonSettings, parseConfig } from "../src/config.ts";
import { buildEchoApp } from "../src/echo-app.ts";
import * as v from "valibot";
import { listen, testContext } from "./support/app.ts";
import { RawConnection, sendRaw } from "./support/raw.ts";

/** An echo app that listens: its port, its log and its drain. */
async function start(env: Record<string, string> = {}, handler = () => Promise.resolve("echo\n")) {
  const { context, lines } = testContext();
  const app = buildEchoApp(parseConfig(v.object(commonSettings), env), context, handler);
  return { port: await listen(app), lines, drain: context.drain };
}

const close = "Host: x\r\nConnection: close\r\n";

describe("everything that the parser accepts is answered", () => {
  test.each(METHODS.filter((method) => method !== "CONNECT"))("method %s", async (method) => {
    const { port } = await start();
    const answer = await sendRaw(port, `${method} / HTTP/1.1\r\n${close}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer.endsWith("\r\n\r\necho\n")).toBe(method !== "HEAD");
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
    expect(await sendRaw(port, `GET ${path} HTTP/1.1\r\n${close}\r\n`)).toMatch(
      /^HTTP\/1\.1 200 [\s\S]*echo\n$/,
    );
    expect(JSON.parse(lines.join(""))).toMatchObject({ status: 200 });
  });

  test.each([
    ["JSON that is none", "Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{"],
    ["an unknown type", "Content-Type: x/y\r\nContent-Length: 1\r\n\r\nx"],
    ["a malformed type", "Content-Type: ;;;\r\nContent-Length: 1\r\n\r\nx"],
    ["no type", "Content-Length: 1\r\n\r\nx"],
    ["chunks", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"],
    ["an expectation that is met", "Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx"],
    [
      "a wish for another protocol",
      "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx",
    ],
    ["an expectation that is unknown", "Expect: the best\r\nContent-Length: 1\r\n\r\nx"],
  ])("a body with %s", async (_what, rest) => {
    const { port } = await start();
    for (const method of ["POST", "GET", "DELETE"])
      expect(await sendRaw(port, `${method} / HTTP/1.1\r\n${close}${rest}`)).toMatch(
        /HTTP\/1\.1 200 [\s\S]*echo\n$/,
      );
  });

  test("a body of 32 MB, discarded as it comes", async () => {
    const { port } = await start();
    const upload = request({ port, method: "POST" });
    const answered = once(upload, "response");
    const chunk = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 32; i++) if (!upload.write(chunk)) await once(upload, "drain");
    upload.end();
    const [{ statusCode }] = await answered;
    expect(statusCode).toBe(200);
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(64 * 1024 * 1024);
  });

  test("HTTP/1.0, without a Host", async () => {
    const { port } = await start();
    expect(await sendRaw(port, "GET / HTTP/1.0\r\n\r\n")).toMatch(/ 200 [\s\S]*echo\n$/);
  });
});

test.each([
  ["no HTTP", "hello\r\n\r\n", 400],
  ["HTTP/2's own method", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["the same in the manner of HTTP/0.9", "PRI /a\r\n\r\n", 400],
  ["headers that are too long", `GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(20_000)}\r\n\r\n`, 431],
  ["a chunk without a size", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400],
  ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400],
])("what the parser refuses gets its 4xx: %s", async (_what, text, status) => {
  const { port } = await start();
  expect(await sendRaw(port, text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

describe("the log", () => {
  test("has one line a response, with what was asked and answered", async () => {
    const { port, lines } = await start();
    await sendRaw(port, `GET /a?b HTTP/1.1\r\n${close}x-request-id: abc\r\n\r\n`);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      method: "GET",
      url: "/a?b",
      status: 200,
      requestId: "abc",
    });
    expect(JSON.parse(lines[0] ?? "").duration).toBeGreaterThan(0);
  });

  test("stays one line of JSON whatever is asked for", async () => {
    const { port, lines } = await start();
    const url = '/","status":500}\\n{"\\';
    await sendRaw(port, `GET ${url} HTTP/1.1\r\n${close}x-request-id: "}{\r\n\r\n`);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain("\n");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ url, status: 200 });
  });

  test("tells a defect, and the client does not", async () => {
    const { port, lines } = await start({}, () =>
      Promise.reject(new Error("secret", { cause: new Error("deep") })),
    );
    const answer = await sendRaw(port, `GET / HTTP/1.1\r\n${close}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 500 [\s\S]*Internal Server Error\n$/);
    expect(answer).not.toContain("secret");
    expect(JSON.parse(lines.join(""))).toMatchObject({ status: 500, error: "secret (deep)" });
  });

  test("does not call an upload that its client broke off a failure of ours", async () => {
    const { port, lines } = await start();
    const connection = await RawConnection.open(port);
    connection.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
    connection.socket.resetAndDestroy();
    await connection.closed;
    expect(await sendRaw(port, `GET / HTTP/1.1\r\n${close}\r\n`)).toContain("200 OK");
    await expect.poll(() => lines).toHaveLength(2);
    expect(lines.filter((line) => line.includes('"status":499'))).toHaveLength(1);
  });
});

/** The id that one request with that header is logged under, and answered with. */
async function requestIdFor(header: string): Promise<string> {
  const { port, lines } = await start();
  const answer = await sendRaw(port, `GET / HTTP/1.1\r\n${close}${header}\r\n`);
  const { requestId }: { requestId: string } = JSON.parse(lines.join(""));
  expect(answer).toContain(`x-request-id: ${requestId}\r\n`);
  return requestId;
}

describe("a request id", () => {
  test("is the caller's, where it is a sane one", async () => {
    expect(await requestIdFor("x-request-id: a.b-C_1:2\r\n")).toBe("a.b-C_1:2");
  });

  test.each(["", "x-request-id: a b\r\n", `x-request-id: ${"a".repeat(129)}\r\n`])(
    "is made otherwise",
    async (header) => {
      expect(await requestIdFor(header)).toMatch(/^[\da-f-]{36}$/);
    },
  );
});

test("the colour is answered as a header, where one is set", async () => {
  const green = await start({ COLOR: "green" });
  expect(await sendRaw(green.port, `GET / HTTP/1.1\r\n${close}\r\n`)).toContain("x-echo-color: green\r\n");
  const none = await start();
  expect(await sendRaw(none.port, `GET / HTTP/1.1\r\n${close}\r\n`)).not.toContain("x-echo-color");
});

describe("a kept connection", () => {
  const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

  test("goes on as long as it likes by default", async () => {
    const { port } = await start();
    const connection = await RawConnection.open(port);
    connection.write(get);
    expect(await connection.until(/echo\n$/)).toMatch(/connection: keep-alive/i);
  });

  test("is ended by the first answer after its greatest age", async () => {
    const { port } = await start({ CONNECTION_MAX_AGE_MS: "1" });
    const connection = await RawConnection.open(port);
    const opened = performance.now();
    while (performance.now() - opened < 5);
    connection.write(get);
    await connection.closed;
    expect(connection.received).toMatch(/connection: close/i);
  });

  test("is ended by the first answer of the drain, which is a good one", async () => {
    const { port, drain } = await start();
    const connection = await RawConnection.open(port);
    connection.write(get);
    await connection.until(/echo\n$/);
    drain.start();
    connection.write(get);
    await connection.closed;
    expect(connection.received).toMatch(/200 OK[\s\S]*200 OK[\s\S]*connection: close/i);
  });
});
