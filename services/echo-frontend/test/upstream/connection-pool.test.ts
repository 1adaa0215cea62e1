import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { ConnectionPool, MAX_CONNECTIONS } from "../../src/upstream/connection-pool.ts";
import { VersionHandler } from "../../src/upstream/version-handler.ts";
import { httpResponse, rawUpstream, VERSION_11 } from "../support/upstream.ts";

function pool(url: string, maxAgeMs = 60_000) {
  const connections = new ConnectionPool(new URL(url), maxAgeMs);
  onTestFinished(() => connections.destroy());
  const start = () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const handler = new VersionHandler({ succeed: resolve, fail: reject });
    connections.send({ accept: "application/json" }, handler);
    return { promise, handler };
  };
  return { start, send: () => start().promise };
}

/** A backend that holds its responses. */
async function holding() {
  const held: Socket[] = [];
  const open = new Set<Socket>();
  let connections = 0;
  const url = await rawUpstream((socket) => {
    connections++;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("data", () => held.push(socket));
  });
  return {
    url,
    held,
    open,
    connections: () => connections,
    respond: () => held.shift()?.write(httpResponse(VERSION_11)),
  };
}

describe("if all connections are in use, a request", () => {
  test("waits for the next one that becomes free", async () => {
    const backend = await holding();
    const { send } = pool(backend.url);
    const versions = Array.from({ length: MAX_CONNECTIONS + 50 }, send);
    await expect.poll(() => backend.held.length).toBe(MAX_CONNECTIONS);
    for (let sent = 0; sent < versions.length; sent++) {
      await expect.poll(() => backend.held.length).toBeGreaterThan(0);
      backend.respond();
    }
    expect(new Set(await Promise.all(versions))).toEqual(new Set(["11.0"]));
    expect(backend.connections()).toBe(MAX_CONNECTIONS);
  });

  test("gets a new connection after one has failed", async () => {
    const backend = await holding();
    const { send } = pool(backend.url);
    const failing = Array.from({ length: MAX_CONNECTIONS }, send);
    const waiting = send();
    await expect.poll(() => backend.held.length).toBe(MAX_CONNECTIONS);
    backend.held.shift()?.destroy();
    await expect(failing[0]).rejects.toBeInstanceOf(Error);
    await expect.poll(() => backend.connections()).toBe(MAX_CONNECTIONS + 1);
    await expect.poll(() => backend.held.length).toBe(MAX_CONNECTIONS);
    while (backend.held.length > 0) backend.respond();
    await Promise.all(failing.slice(1));
    expect(await waiting).toBe("11.0");
  });

  test("is not sent if it was aborted meanwhile", async () => {
    const backend = await holding();
    const { start, send } = pool(backend.url);
    const busy = Array.from({ length: MAX_CONNECTIONS }, send);
    const { promise, handler } = start();
    handler.abort(new Error("too late"));
    await expect(promise).rejects.toThrow("too late");
    await expect.poll(() => backend.held.length).toBe(MAX_CONNECTIONS);
    while (backend.held.length > 0) backend.respond();
    await Promise.all(busy);
    expect(backend.held).toEqual([]);
  });
});

describe("a connection", () => {
  test("that was used last is used next", async () => {
    const backend = await holding();
    const { send } = pool(backend.url);
    const two = [send(), send()];
    await expect.poll(() => backend.held.length).toBe(2);
    const [first, second] = backend.held;
    backend.respond();
    await two[0];
    backend.respond();
    await two[1];
    const third = send();
    await expect.poll(() => backend.held.length).toBe(1);
    expect(backend.held[0]).toBe(second);
    expect(backend.held[0]).not.toBe(first);
    backend.respond();
    await third;
  });

  test("closes when its response ends, if it is too old", async () => {
    const backend = await holding();
    const { send } = pool(backend.url, 0);
    const version = send();
    await expect.poll(() => backend.held.length).toBe(1);
    backend.respond();
    expect(await version).toBe("11.0");
    await expect.poll(() => backend.open.size).toBe(0);
  });

  test("that is idle and too old closes with the next request", async () => {
    const backend = await holding();
    const maxAgeMs = 200;
    const { send } = pool(backend.url, maxAgeMs);
    const version = send();
    await expect.poll(() => backend.held.length).toBe(1);
    const [old] = backend.held;
    const opened = performance.now();
    backend.respond();
    await version;
    await expect.poll(() => performance.now() - opened).toBeGreaterThan(maxAgeMs);
    const next = send();
    await expect.poll(() => backend.held.length).toBe(1);
    expect(backend.held[0]).not.toBe(old);
    await expect.poll(() => backend.open.size).toBe(1);
    backend.respond();
    await next;
  });
});
