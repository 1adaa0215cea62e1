import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createBackendClient } from "../../src/upstream/backend-client.ts";
import { closedUpstream, httpResponse, httpUpstream, rawUpstream, VERSION_11 } from "../support/upstream.ts";

function client(url: string, timeoutMs = 10_000) {
  const backend = createBackendClient({ url: new URL(url), timeoutMs, connectionMaxAgeMs: 5000 });
  onTestFinished(() => backend.close());
  return backend;
}

/** A response whose body does not arrive. */
const PARTIAL = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";

describe("a response is rejected if it is", () => {
  test.each([
    ["not JSON", '{"version":', "the backend's response is not JSON"],
    ["empty", "", "the backend's response is not JSON"],
    ["without a version", '{"backend":"11.0"}', "the backend's response has no version"],
    ["with a version that is not a string", '{"version":11}', "the backend's response has no version"],
    ["null", "null", "the backend's response has no version"],
    ["of 10 MB", `{"version":"${"1".repeat(10_000_000)}"}`, "the backend's response is longer than 64 KiB"],
  ])("%s", async (_what, body, message) => {
    let requests = 0;
    const url = await httpUpstream((_request, response) => {
      requests++;
      response.end(body);
    });
    await expect(client(url).fetchVersion("id")).rejects.toMatchObject({
      name: "UpstreamResponseError",
      status: 502,
      message,
    });
    expect(requests).toBe(1);
  });

  test.each([301, 404, 500, 503])("of status %d, without a retry", async (status) => {
    let requests = 0;
    const url = await httpUpstream((_request, response) => {
      requests++;
      response.writeHead(status).end(VERSION_11);
    });
    await expect(client(url).fetchVersion("id")).rejects.toMatchObject({
      status: 502,
      message: `the backend responded with status ${status}`,
    });
    expect(requests).toBe(1);
  });

  test("not HTTP, without a retry", async () => {
    let connections = 0;
    const url = await rawUpstream((socket) => {
      connections++;
      socket.end("SSH-2.0-OpenSSH_9.2\r\n");
    });
    await expect(client(url).fetchVersion("id")).rejects.toMatchObject({
      name: "UpstreamConnectionError",
      status: 502,
      message: "the backend's response is not HTTP",
    });
    expect(connections).toBe(1);
  });

  test.each<[string, (socket: Socket) => void]>([
    ["shorter than its content-length", (socket) => socket.end(`${PARTIAL}{"version"`)],
    ["an early hint only", (socket) => socket.end("HTTP/1.1 103 Early Hints\r\n\r\n")],
  ])("%s, without a retry", async (_what, respond) => {
    let connections = 0;
    const url = await rawUpstream((socket) => {
      connections++;
      socket.on("data", () => respond(socket));
    });
    await expect(client(url).fetchVersion("id")).rejects.toMatchObject({
      status: 502,
      message: "the backend closed the connection before its response was complete",
    });
    expect(connections).toBe(1);
  });
});

test("a request is not retried if its connection is reset during the response", async () => {
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
  await expect(client(url).fetchVersion("id")).rejects.toMatchObject({
    status: 502,
    message: "the backend reset the connection",
  });
  expect(connections).toBe(1);
});

describe("a request times out if the backend", () => {
  const timedOut = {
    name: "UpstreamTimeoutError",
    status: 504,
    message: "the backend did not respond within 200 ms",
  };

  test("accepts the connection and sends nothing", async () => {
    const url = await rawUpstream(() => undefined);
    await expect(client(url, 200).fetchVersion("id")).rejects.toMatchObject(timedOut);
  });

  test("sends its body byte by byte", async () => {
    const url = await rawUpstream((socket) => {
      socket.write(httpResponse(VERSION_11).slice(0, -VERSION_11.length));
      const timer = setInterval(() => socket.write(" "), 20);
      socket.on("close", () => clearInterval(timer));
    });
    await expect(client(url, 200).fetchVersion("id")).rejects.toMatchObject(timedOut);
  });

  test("responds to neither the request nor its retry, with one timeout for both", async () => {
    const url = await rawUpstream((socket, number) => {
      if (number === 0) socket.on("data", () => socket.resetAndDestroy());
    });
    await expect(client(url, 200).fetchVersion("id")).rejects.toMatchObject(timedOut);
  });

  test.each([
    ["request", 0],
    ["retry", 1],
  ])("does not respond to the %s, and its connection is closed", async (_what, silent) => {
    const closed = Promise.withResolvers<boolean>();
    const url = await rawUpstream((socket, number) => {
      if (number === silent) socket.on("close", () => closed.resolve(true));
      else socket.on("data", () => socket.resetAndDestroy());
    });
    await expect(client(url, 200).fetchVersion("id")).rejects.toMatchObject(timedOut);
    expect(await closed.promise).toBe(true);
  });
});

describe("a request fails if the connection", () => {
  test("is refused", async () => {
    await expect(client(await closedUpstream()).fetchVersion("id")).rejects.toMatchObject({
      name: "UpstreamConnectionError",
      status: 502,
      message: "the backend refused the connection",
      cause: { code: "ECONNREFUSED" },
    });
  });

  test("needs a name that is unknown", async () => {
    await expect(client("http://nobody.invalid").fetchVersion("id")).rejects.toMatchObject({
      status: 502,
      message: expect.stringMatching(/^the backend's name (is unknown|could not be resolved)$/),
    });
  });
});

test("an https URL is requested with TLS", async () => {
  const first = Promise.withResolvers<string | number | undefined>();
  const url = await rawUpstream((socket) =>
    socket.on("data", (chunk) => {
      first.resolve(chunk.at(0));
      socket.end("plain text");
    }),
  );
  await expect(client(url.replace("http:", "https:")).fetchVersion("id")).rejects.toMatchObject({
    name: "UpstreamConnectionError",
    status: 502,
    message: expect.stringMatching(/^the connection to the backend failed \(ERR_SSL_/),
  });
  const HANDSHAKE = 22;
  expect(await first.promise).toBe(HANDSHAKE);
});

describe("a connection that fails before the first byte of the response", () => {
  test("is replaced by another, once", async () => {
    const open = new Set<Socket>();
    let connections = 0;
    const url = await rawUpstream((socket, number) => {
      connections++;
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.on("data", () =>
        number === 0 ? socket.resetAndDestroy() : socket.write(httpResponse(VERSION_11)),
      );
    });
    await expect(client(url).fetchVersion("id")).resolves.toMatchObject({ version: "11.0" });
    expect(connections).toBe(2);
    await expect.poll(() => open.size).toBe(0);
  });

  test("is not replaced a second time", async () => {
    let connections = 0;
    const url = await rawUpstream((socket) => {
      connections++;
      socket.on("data", () => socket.resetAndDestroy());
    });
    await expect(client(url).fetchVersion("id")).rejects.toMatchObject({
      status: 502,
      message: expect.stringMatching(/^the backend (reset|closed) the connection/),
    });
    expect(connections).toBe(2);
  });

  test("may be an idle connection that the backend closes when it is reused", async () => {
    let closed = 0;
    const url = await rawUpstream((socket) => {
      let responded = false;
      socket.on("data", () => {
        if (responded) closed++;
        if (responded) socket.destroy();
        else socket.write(httpResponse(VERSION_11));
        responded = true;
      });
    });
    const backend = client(url);
    for (let i = 0; i < 10; i++) expect((await backend.fetchVersion("id")).version).toBe("11.0");
    expect(closed).toBeGreaterThan(0);
  });
});

test("connections are reused, and closed with the client", async () => {
  const open = new Set<object>();
  const url = await rawUpstream((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("data", () => socket.write(httpResponse(VERSION_11)));
  });
  const backend = createBackendClient({ url: new URL(url), timeoutMs: 10_000, connectionMaxAgeMs: 60_000 });
  for (let i = 0; i < 100; i++) await backend.fetchVersion("id");
  // A second one is opened if a response has not quite ended when the next request starts.
  expect(open.size).toBeLessThanOrEqual(2);
  await backend.close();
  await expect.poll(() => open.size).toBe(0);
});
