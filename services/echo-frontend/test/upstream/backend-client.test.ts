import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createBackendClient } from "../../src/upstream/backend-client.ts";
import { closedUpstream, httpAnswer, httpUpstream, rawUpstream, VERSION_11 } from "../support/upstream.ts";

function client(url: string, timeoutMs = 10_000) {
  const backend = createBackendClient({ url: new URL(url), timeoutMs, connectionMaxAgeMs: 5000 });
  onTestFinished(() => backend.close());
  return backend;
}

/** The head of an answer whose body is still to come. */
const PARTIAL = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";

describe("an answer that is none", () => {
  test.each([
    ["not JSON", '{"version":', "the backend's answer is not JSON"],
    ["empty", "", "the backend's answer is not JSON"],
    ["without a version", '{"backend":"11.0"}', "the backend's answer has no version"],
    ["with a version that is no text", '{"version":11}', "the backend's answer has no version"],
    ["null", "null", "the backend's answer has no version"],
    ["of 10 MB", `{"version":"${"1".repeat(10_000_000)}"}`, "the backend's answer is longer than 64 KiB"],
  ])("%s", async (_what, body, message) => {
    let requests = 0;
    const url = await httpUpstream((_request, response) => {
      requests++;
      response.end(body);
    });
    await expect(client(url).version("id")).rejects.toMatchObject({
      name: "UpstreamAnswerError",
      status: 502,
      message,
    });
    expect(requests).toBe(1);
  });

  test.each([301, 404, 500, 503])("status %d, which is not asked for again", async (status) => {
    let requests = 0;
    const url = await httpUpstream((_request, response) => {
      requests++;
      response.writeHead(status).end(VERSION_11);
    });
    await expect(client(url).version("id")).rejects.toMatchObject({
      status: 502,
      message: `the backend answered with status ${status}`,
    });
    expect(requests).toBe(1);
  });

  test("not HTTP, which is not asked for again", async () => {
    let connections = 0;
    const url = await rawUpstream((socket) => {
      connections++;
      socket.end("SSH-2.0-OpenSSH_9.2\r\n");
    });
    await expect(client(url).version("id")).rejects.toMatchObject({
      name: "UpstreamConnectionError",
      status: 502,
      message: "the backend's answer is not HTTP",
    });
    expect(connections).toBe(1);
  });

  test.each<[string, (socket: Socket) => void]>([
    ["shorter than it says", (socket) => socket.end(`${PARTIAL}{"version"`)],
    ["an early hint and no more", (socket) => socket.end("HTTP/1.1 103 Early Hints\r\n\r\n")],
  ])("%s, which is not asked for again", async (_what, answer) => {
    let connections = 0;
    const url = await rawUpstream((socket) => {
      connections++;
      socket.on("data", () => answer(socket));
    });
    await expect(client(url).version("id")).rejects.toMatchObject({
      status: 502,
      message: "the backend closed the connection before its answer was complete",
    });
    expect(connections).toBe(1);
  });
});

test("an answer that is reset in its middle is not asked for again", async () => {
  const reading = Promise.withResolvers<void>();
  const onHeaders = () => reading.resolve();
  subscribe("undici:request:headers", onHeaders);
  onTestFinished(() => void unsubscribe("undici:request:headers", onHeaders));
  let connections = 0;
  const url = await rawUpstream((socket) => {
    connections++;
    socket.on("data", () => socket.write(PARTIAL));
    void reading.promise.then(() => socket.resetAndDestroy());
  });
  await expect(client(url).version("id")).rejects.toMatchObject({
    status: 502,
    message: "the backend reset the connection",
  });
  expect(connections).toBe(1);
});

describe("no answer in time", () => {
  const timedOut = {
    name: "UpstreamTimeoutError",
    status: 504,
    message: "the backend did not answer within 200 ms",
  };

  test("from one that accepts and says nothing", async () => {
    const url = await rawUpstream(() => undefined);
    await expect(client(url, 200).version("id")).rejects.toMatchObject(timedOut);
  });

  test("from one that drips its body byte after byte", async () => {
    const url = await rawUpstream((socket) => {
      socket.write(httpAnswer(VERSION_11).slice(0, -VERSION_11.length));
      const timer = setInterval(() => socket.write(" "), 20);
      socket.on("close", () => clearInterval(timer));
    });
    await expect(client(url, 200).version("id")).rejects.toMatchObject(timedOut);
  });

  test("from one that never answers, first or second time, in one time-out for both", async () => {
    const url = await rawUpstream((socket, number) => {
      if (number === 0) socket.on("data", () => socket.resetAndDestroy());
    });
    await expect(client(url, 200).version("id")).rejects.toMatchObject(timedOut);
  });

  test.each([
    ["the late answer", 0],
    ["that of the retry", 1],
  ])("leaves no connection waiting for %s", async (_what, silent) => {
    const closed = Promise.withResolvers<boolean>();
    const url = await rawUpstream((socket, number) => {
      if (number === silent) socket.on("close", () => closed.resolve(true));
      else socket.on("data", () => socket.resetAndDestroy());
    });
    await expect(client(url, 200).version("id")).rejects.toMatchObject(timedOut);
    expect(await closed.promise).toBe(true);
  });
});

describe("no connection", () => {
  test("because it is refused", async () => {
    await expect(client(await closedUpstream()).version("id")).rejects.toMatchObject({
      name: "UpstreamConnectionError",
      status: 502,
      message: "the backend refused the connection",
      cause: { code: "ECONNREFUSED" },
    });
  });

  test("because the name is not known", async () => {
    await expect(client("http://nobody.invalid").version("id")).rejects.toMatchObject({
      status: 502,
      message: expect.stringMatching(/^the backend's name (is not known|could not be resolved)$/),
    });
  });
});

test("an https URL is asked by TLS", async () => {
  const first = Promise.withResolvers<string | number | undefined>();
  const url = await rawUpstream((socket) =>
    socket.on("data", (chunk) => {
      first.resolve(chunk.at(0));
      socket.end("plain text");
    }),
  );
  await expect(client(url.replace("http:", "https:")).version("id")).rejects.toMatchObject({
    name: "UpstreamConnectionError",
    status: 502,
    message: expect.stringMatching(/^the connection to the backend failed \(ERR_SSL_/),
  });
  const HANDSHAKE = 22;
  expect(await first.promise).toBe(HANDSHAKE);
});

describe("a connection that fails before any byte of an answer", () => {
  test("is replaced by another, once", async () => {
    const open = new Set<Socket>();
    let connections = 0;
    const url = await rawUpstream((socket, number) => {
      connections++;
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.on("data", () =>
        number === 0 ? socket.resetAndDestroy() : socket.write(httpAnswer(VERSION_11)),
      );
    });
    await expect(client(url).version("id")).resolves.toBe("11.0");
    expect(connections).toBe(2);
    await expect.poll(() => open.size).toBe(0);
  });

  test("is not replaced a second time", async () => {
    let connections = 0;
    const url = await rawUpstream((socket) => {
      connections++;
      socket.on("data", () => socket.resetAndDestroy());
    });
    await expect(client(url).version("id")).rejects.toMatchObject({
      status: 502,
      message: expect.stringMatching(/^the backend (reset|closed) the connection/),
    });
    expect(connections).toBe(2);
  });

  test("may be an idle one that was closed as it was taken", async () => {
    let closed = 0;
    const url = await rawUpstream((socket) => {
      let answered = false;
      socket.on("data", () => {
        if (answered) closed++;
        if (answered) socket.destroy();
        else socket.write(httpAnswer(VERSION_11));
        answered = true;
      });
    });
    const backend = client(url);
    for (let i = 0; i < 10; i++) expect(await backend.version("id")).toBe("11.0");
    expect(closed).toBeGreaterThan(0);
  });
});

test("connections are kept and shared, and closed in the end", async () => {
  const open = new Set<object>();
  const url = await rawUpstream((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("data", () => socket.write(httpAnswer(VERSION_11)));
  });
  const backend = createBackendClient({ url: new URL(url), timeoutMs: 10_000, connectionMaxAgeMs: 60_000 });
  for (let i = 0; i < 100; i++) await backend.version("id");
  // One in use, and one that was still ending its answer when the next question came.
  expect(open.size).toBeLessThanOrEqual(2);
  await backend.close();
  await expect.poll(() => open.size).toBe(0);
});
