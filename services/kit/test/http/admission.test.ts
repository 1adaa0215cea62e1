import { once } from "node:events";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { createAdmission } from "../../src/http/admission.ts";
import { buildEchoApp } from "../../src/http/echo-app.ts";
import { OverloadedError } from "../../src/http/rejections.ts";
import { listen, testConfig, testContext } from "../support/app.ts";
import { GET, get, RawConnection } from "../support/raw.ts";

/** An app that handles at most two requests at the same time. Each waits until a function of `handled` is called. */
async function start() {
  const { context, lines } = testContext();
  const handled: (() => void)[] = [];
  const handler = () => new Promise<string>((resolve) => handled.push(() => resolve("echo\n")));
  const port = await listen(buildEchoApp(testConfig({ MAX_IN_FLIGHT: "2" }), context, handler));
  return { port, handled, lines, drain: context.drain };
}

type App = Awaited<ReturnType<typeof start>>;

/** Opens two connections with a request each, which are being handled. */
async function occupy({ port, handled }: App): Promise<RawConnection[]> {
  const connections = await RawConnection.openMany(port, 2);
  for (const connection of connections) connection.write(GET);
  await expect.poll(() => handled).toHaveLength(2);
  return connections;
}

/** Sends a request, ends the handler that it reaches, and expects a 200. */
async function expectHandled({ port, handled }: App): Promise<void> {
  const before = handled.length;
  const response = get(port);
  await expect.poll(() => handled.length).toBe(before + 1);
  handled.pop()?.();
  expect(await response).toMatch(/^HTTP\/1\.1 200 OK/);
}

test("a request beyond MAX_IN_FLIGHT gets 503 with Retry-After, until another has ended", async () => {
  const app = await start();
  const [first] = await occupy(app);
  const response = await get(app.port);
  expect(response).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*\r\n\r\nService Unavailable\n$/);
  expect(response).toContain("\r\nretry-after: 1\r\n");
  expect(JSON.parse(app.lines[0] ?? "")).toMatchObject({
    status: 503,
    error: expect.stringContaining("MAX_IN_FLIGHT"),
  });
  app.handled.shift()?.();
  await first?.until(/echo\n$/);
  await expectHandled(app);
});

test("a request leaves its place when its client closes the connection", async () => {
  const app = await start();
  for (const { socket } of await occupy(app)) socket.resetAndDestroy();
  await expect.poll(() => app.lines).toHaveLength(2);
  await expectHandled(app);
});

test("a request whose client has closed the connection takes no place", async () => {
  const admission = createAdmission(1);
  const gone = new ServerResponse(new IncomingMessage(new Socket()));
  const closed = once(gone, "close");
  gone.destroy();
  await closed;
  expect(admission.tryEnter({ admitted: false }, gone)).toBeUndefined();
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  expect(admission.tryEnter({ admitted: false }, response)).toBeUndefined();
  expect(admission.tryEnter({ admitted: false }, response)).toBeInstanceOf(OverloadedError);
});

test("slow uploads take no place, whether they are completed or aborted", async () => {
  const app = await start();
  const uploads = await RawConnection.openMany(app.port, 5);
  for (const upload of uploads)
    upload.write("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  for (const upload of uploads) await upload.until(/100 Continue/);
  for (const { socket } of uploads.splice(1)) socket.resetAndDestroy();
  await expect.poll(() => app.lines).toHaveLength(4);
  for (let i = 0; i < 2; i++) await expectHandled(app);
  uploads[0]?.write("xx");
  await expect.poll(() => app.handled).toHaveLength(1);
  app.handled.pop()?.();
  await uploads[0]?.until(/200 OK[\s\S]*echo\n$/);
});

test("the drain rejects no request", async () => {
  const app = await start();
  app.drain.started = true;
  for (let i = 0; i < 3; i++) await expectHandled(app);
  expect(app.lines.map((line) => JSON.parse(line).status)).toEqual([200, 200, 200]);
});
