import { describe, expect, test } from "vitest";
import { buildAdminApp } from "../../src/http/admin-app.ts";
import { buildEchoApp } from "../../src/http/echo-app.ts";
import { listen, testConfig, testContext } from "../support/app.ts";
import { get, RawConnection, sendRaw } from "../support/raw.ts";

test.each([
  ["without a body", ""],
  ["with a body", "Content-Length: 1\r\n"],
])("100 headers are accepted, and 101 get 431: %s", async (_what, length) => {
  const { context, lines } = testContext();
  const port = await listen(buildEchoApp(testConfig(), context, () => Promise.resolve("echo\n")));
  const request = (headers: number) =>
    `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${length}${"a:b\r\n".repeat(headers - (length ? 3 : 2))}\r\n${length && "x"}`;
  expect(await sendRaw(port, request(101))).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    status: 431,
    error: "101 headers: expected at most 100",
  });
  expect(await sendRaw(port, request(100))).toMatch(/^HTTP\/1\.1 200 OK/);
});

describe.each([
  ["echo", () => buildEchoApp(testConfig(), testContext().context, () => Promise.resolve("ok\n"))],
  ["admin", () => buildAdminApp(testContext().context)],
] as const)("on the %s port, a request", (_port, build) => {
  const answer = async (head: string) =>
    (await sendRaw(await listen(build()), `${head}Connection: close\r\n\r\n`)).split("\r\n")[0];

  test.each([
    ["without a Host header", "GET /livez HTTP/1.1\r\n"],
    ["without one, in absolute form", "GET http://x/livez HTTP/1.1\r\n"],
    ["with two", "GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n"],
    ["with the same one twice", "GET /livez HTTP/1.1\r\nHost: x\r\nhost: x\r\n"],
    ["with two, in absolute form", "GET http://x/livez HTTP/1.1\r\nHost: x\r\nHOST: x\r\n"],
    ["with two, the first empty", "GET /livez HTTP/1.1\r\nHost:\r\nHost: x\r\n"],
    ["of HTTP/1.0 with two", "GET /livez HTTP/1.0\r\nHost: x\r\nHost: y\r\n"],
    ["of HTTP/2.0 without one", "GET /livez HTTP/2.0\r\n"],
    ["with a list in Host", "GET /livez HTTP/1.1\r\nHost: x y\r\n"],
    ["with a path in Host", "GET /livez HTTP/1.1\r\nHost: x/y\r\n"],
    ["with a user in Host", "GET /livez HTTP/1.1\r\nHost: user@x\r\n"],
    ["with a bad port in Host", "GET /livez HTTP/1.1\r\nHost: x:8o\r\n"],
  ])("%s gets 400", async (_what, head) => {
    expect(await answer(head)).toBe("HTTP/1.1 400 Bad Request");
  });

  test.each([
    ["with a name", "GET /livez HTTP/1.1\r\nHost: echo-backend.demos.svc\r\n"],
    ["with a port", "GET /livez HTTP/1.1\r\nHost: 10.0.0.1:8080\r\n"],
    ["with an IPv6 address", "GET /livez HTTP/1.1\r\nHost: [::1]:8080\r\n"],
    ["with an empty Host", "GET /livez HTTP/1.1\r\nHost:\r\n"],
    ["of HTTP/1.0 without a Host", "GET /livez HTTP/1.0\r\n"],
  ])("%s gets 200", async (_what, head) => {
    expect(await answer(head)).toBe("HTTP/1.1 200 OK");
  });

  test("gets no MIME sniffing, whatever the response", async () => {
    const port = await listen(build());
    for (const path of ["/livez", "/metrics", "/none", "/%zz"])
      expect(await get(port, path)).toContain("\r\nx-content-type-options: nosniff\r\n");
    expect(await get(port, "/", "Host: y\r\n")).toMatch(
      /^HTTP\/1\.1 400 [^]*\r\nx-content-type-options: nosniff/,
    );
  });

  test("gets its response after its client has closed its side", async () => {
    const connection = await RawConnection.open(await listen(build()), { allowHalfOpen: true });
    connection.socket.end("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*ok\n$/);
  });

  test("of HTTP/2 gets no HTTP/2 response", async () => {
    const response = await sendRaw(await listen(build()), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    expect(response).toMatch(/^(HTTP\/1\.1 400 [^]*)?$/);
  });
});
