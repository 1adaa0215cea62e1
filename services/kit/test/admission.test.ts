import * as v from "valibot";
import { expect, test } from "vitest";
import { commonSettings, parseConfig } from "../src/config.ts";
import { buildEchoApp } from "../src/echo-app.ts";
import { listen, testContext } from "./support/app.ts";
import { RawConnection, sendRaw } from "./support/raw.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const GET_AND_CLOSE = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/** An app that handles two requests at once, each until `answer` is called. */
async function start() {
  const { context, lines } = testContext();
  const waiting: (() => void)[] = [];
  const handler = () => new Promise<string>((resolve) => waiting.push(() => resolve("echo\n")));
  const config = parseConfig(v.object(commonSettings), { MAX_IN_FLIGHT: "2" });
  const port = await listen(buildEchoApp(config, context, handler));
  /** Requests that are being handled, on connections of their own. */
  const occupy = async (count: number) => {
    const connections = await Promise.all(Array.from({ length: count }, () => RawConnection.open(port)));
    for (const connection of connections) connection.write(GET);
    await expect.poll(() => waiting.length).toBe(count);
    return connections;
  };
  return { port, occupy, waiting, lines, drain: context.drain };
}

test("one request more than MAX_IN_FLIGHT is answered 503 with Retry-After, until another has ended", async () => {
  const { port, occupy, waiting, lines } = await start();
  const [first] = await occupy(2);
  const refused = await sendRaw(port, GET_AND_CLOSE);
  expect(refused).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*\r\n\r\nService Unavailable\n$/);
  expect(refused).toContain("\r\nretry-after: 1\r\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    status: 503,
    error: expect.stringContaining("MAX_IN_FLIGHT"),
  });
  waiting.shift()?.();
  await first?.until(/echo\n$/);
  const handled = sendRaw(port, GET_AND_CLOSE);
  await expect.poll(() => waiting.length).toBe(2);
  for (const answer of waiting) answer();
  expect(await handled).toMatch(/^HTTP\/1\.1 200 OK/);
});

test("a request whose client is gone takes no place", async () => {
  const { port, occupy, waiting, lines } = await start();
  for (const { socket } of await occupy(2)) socket.resetAndDestroy();
  await expect.poll(() => lines).toHaveLength(2);
  const handled = sendRaw(port, GET_AND_CLOSE);
  await expect.poll(() => waiting.length).toBe(3);
  waiting.pop()?.();
  expect(await handled).toMatch(/^HTTP\/1\.1 200 OK/);
});

test("slow uploads take no place, whole or broken off", async () => {
  const { port, waiting, lines } = await start();
  const uploads = await Promise.all(Array.from({ length: 5 }, () => RawConnection.open(port)));
  for (const upload of uploads)
    upload.write("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  for (const upload of uploads) await upload.until(/100 Continue/);
  for (const { socket } of uploads.splice(1)) socket.resetAndDestroy();
  await expect.poll(() => lines).toHaveLength(4);
  for (let i = 0; i < 2; i++) {
    const handled = sendRaw(port, GET_AND_CLOSE);
    await expect.poll(() => waiting.length).toBe(1);
    waiting.pop()?.();
    expect(await handled).toMatch(/^HTTP\/1\.1 200 OK/);
  }
  uploads[0]?.write("xx");
  await expect.poll(() => waiting.length).toBe(1);
  waiting.pop()?.();
  await uploads[0]?.until(/200 OK[\s\S]*echo\n$/);
});

test("draining refuses nobody for that", async () => {
  const { port, drain, waiting } = await start();
  drain.start();
  for (let i = 0; i < 3; i++) {
    const handled = sendRaw(port, GET_AND_CLOSE);
    await expect.poll(() => waiting.length).toBe(1);
    waiting.pop()?.();
    expect(await handled).toMatch(/^HTTP\/1\.1 200 OK/);
  }
});

test.each([
  ["without a body", ""],
  ["with a body", "Content-Length: 1\r\n"],
])("100 headers are handled, and 101 answered 431 %s", async (_what, length) => {
  const { port, waiting, lines } = await start();
  const headers = (count: number) =>
    `POST / HTTP/1.1\r\nConnection: close\r\n${length}${"a:b\r\n".repeat(count - (length ? 2 : 1))}\r\n${length && "x"}`;
  expect(await sendRaw(port, headers(101))).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ status: 431, error: "101 headers, allowed are 100" });
  const handled = sendRaw(port, headers(100));
  await expect.poll(() => waiting.length).toBe(1);
  waiting.pop()?.();
  expect(await handled).toMatch(/^HTTP\/1\.1 200 OK/);
});
