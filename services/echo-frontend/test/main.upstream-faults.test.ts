import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUNDLES, freePort, get, Load, PRELOAD, record, ServiceProcess, type Tally } from "@echo/kit/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { httpResponse, rawUpstream, VERSION_11 } from "./support/upstream.ts";

const CLIENTS = 16;

/** Runs a load before, during and after a fault of the backend, and waits for its effects each time. */
async function loadThrough(service: ServiceProcess, fault: { status: number; begin(): void; end(): void }) {
  const { port, adminPort } = await service.ports();
  const load = new Load(port, CLIENTS);
  await expect.poll(() => load.count(200)).toBeGreaterThan(100);
  fault.begin();
  await expect.poll(() => load.count(fault.status)).toBeGreaterThan(2 * CLIENTS);
  expect(await get(adminPort, "/readyz")).toContain("200 OK");
  fault.end();
  // Requests that were pending may still fail.
  await expect
    .poll(async () => {
      const before = load.count(fault.status);
      await expect.poll(() => load.count(200)).toBeGreaterThan(load.count(200) + 100);
      return load.count(fault.status) - before;
    })
    .toBe(0);
  return load.end();
}

/** Prints the figures of a fault, and expects that each request got a 200 or `status`. */
function expectNoneLost(what: string, status: number, { sent, responses, lost }: Tally): void {
  const { 200: succeeded = 0, [status]: failed = 0, ...others } = responses;
  record(what, {
    requests: sent,
    "with status 200": succeeded,
    [`with status ${status}`]: failed,
    lost: lost.length,
  });
  expect(lost).toEqual([]);
  expect(others).toEqual({});
}

/** Writes the head of a response, and then one byte of its body per second. */
function drip(socket: Socket): void {
  const response = httpResponse(VERSION_11);
  const start = response.length - VERSION_11.length;
  let next = start;
  socket.write(response.slice(0, start));
  const timer = setInterval(() => socket.write(response.charAt(next++)), 1000);
  socket.on("close", () => clearInterval(timer));
}

const TEN_MB = "1".repeat(10_000_000);
const head = (length: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;

describe("under load, each request gets a response from a frontend whose backend", () => {
  test.each<[string, number, string, (socket: Socket) => void]>([
    ["never responds", 504, "did not respond within 500 ms", () => undefined],
    ["sends one byte per second", 504, "did not respond within 500 ms", drip],
    ["sends no HTTP", 502, "is not HTTP", (socket) => socket.end("\0\x01garbage\r\n\r\n")],
    ["sends 10 MB", 502, "longer than 64 KiB", (socket) => socket.write(httpResponse(TEN_MB))],
    ["sends half a JSON", 502, "is not JSON", (socket) => socket.write(httpResponse('{"version":'))],
    [
      "sends less than its content-length",
      502,
      "before its response was complete",
      (socket) => socket.end(head(1000) + VERSION_11),
    ],
    [
      "sends more than its content-length",
      502,
      "is not JSON",
      (socket) => socket.write(head(5) + VERSION_11),
    ],
  ])("%s: %d with the reason", async (what, status, reason, faulty) => {
    let broken = false;
    const backend = await rawUpstream((socket) => {
      socket.on("data", () => (broken ? faulty(socket) : socket.write(httpResponse(VERSION_11))));
    });
    const service = new ServiceProcess(BUNDLES.frontend, {
      BACKEND: backend,
      // Long if the timeout is not what the test is about, because a busy machine must not exceed it.
      BACKEND_TIMEOUT_MS: status === 504 ? "500" : "60000",
    });
    const begin = () => (broken = true);
    const end = () => (broken = false);
    const tally = await loadThrough(service, { status, begin, end });
    expectNoneLost(`a backend that ${what}`, status, tally);
    expect(service.stdout).toContain(reason);
    expect(service.stderr).toBe("");
  });

  test("is killed and restarts: 502 without a backend", async () => {
    const [backendPort, adminPort] = [String(await freePort()), String(await freePort())];
    const startBackend = () => new ServiceProcess(BUNDLES.blue, { PORT: backendPort, ADMIN_PORT: adminPort });
    const backend = startBackend();
    await backend.ports();
    const service = new ServiceProcess(BUNDLES.frontend, {
      BACKEND: `http://127.0.0.1:${backendPort}`,
      BACKEND_TIMEOUT_MS: "60000",
    });
    const tally = await loadThrough(service, {
      status: 502,
      begin: () => void backend.child.kill("SIGKILL"),
      end: startBackend,
    });
    expectNoneLost("a backend that is killed and restarts", 502, tally);
    expect(service.stdout).toContain("the backend refused the connection");
  });

  test("has a name that does not resolve for a time: 502 meanwhile", async () => {
    const directory = mkdtempSync(join(tmpdir(), "resolver-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, "address");
    const resolveTo = (address: string) => writeFileSync(file, address);
    resolveTo("127.0.0.1");
    // Each connection serves one request, so that each request resolves the name.
    const { port } = new URL(
      await rawUpstream((socket) => socket.on("data", () => socket.end(httpResponse(VERSION_11)))),
    );
    const service = new ServiceProcess(
      BUNDLES.frontend,
      { BACKEND: `http://echo-backend.test:${port}`, RESOLVER_FILE: file, BACKEND_TIMEOUT_MS: "60000" },
      { preload: PRELOAD.resolver },
    );
    const tally = await loadThrough(service, {
      status: 502,
      begin: () => resolveTo(""),
      end: () => resolveTo("127.0.0.1"),
    });
    expectNoneLost("a backend whose name does not resolve for a time", 502, tally);
    expect(service.stdout).toContain("the backend's name is unknown");
  });
});

test("a clock that is set back keeps no upstream connection beyond its age", async () => {
  let connections = 0;
  const backend = await rawUpstream((socket) => {
    connections++;
    socket.on("data", () => socket.write(httpResponse(VERSION_11)));
  });
  const service = new ServiceProcess(
    BUNDLES.frontend,
    { BACKEND: backend, BACKEND_CONNECTION_MAX_AGE_MS: "300", BACKEND_TIMEOUT_MS: "60000" },
    { preload: PRELOAD.clock },
  );
  const { port } = await service.ports();
  const load = new Load(port, 1);
  await expect.poll(() => load.count(200)).toBeGreaterThan(100);
  service.child.kill("SIGURG");
  const before = connections;
  await expect.poll(() => connections).toBeGreaterThan(before + 2);
  expectNoneLost("a clock that is set back", 502, await load.end());
});
