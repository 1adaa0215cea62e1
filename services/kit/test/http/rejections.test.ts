import { expect, test } from "vitest";
import { buildEchoApp } from "../../src/http/echo-app.ts";
import { listen, testConfig, testContext } from "../support/app.ts";
import { sendRaw } from "../support/raw.ts";

test.each([
  ["without a body", ""],
  ["with a body", "Content-Length: 1\r\n"],
])("100 headers are accepted, and 101 get 431: %s", async (_what, length) => {
  const { context, lines } = testContext();
  const port = await listen(buildEchoApp(testConfig(), context, () => Promise.resolve("echo\n")));
  const request = (headers: number) =>
    `POST / HTTP/1.1\r\nConnection: close\r\n${length}${"a:b\r\n".repeat(headers - (length ? 2 : 1))}\r\n${length && "x"}`;
  expect(await sendRaw(port, request(101))).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    status: 431,
    error: "101 headers: expected at most 100",
  });
  expect(await sendRaw(port, request(100))).toMatch(/^HTTP\/1\.1 200 OK/);
});
