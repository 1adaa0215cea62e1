import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUNDLES, freePort, Load, PRELOAD, record, sendRaw, ServiceProcess } from "@echo/kit/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { httpAnswer, rawUpstream, VERSION_11 } from "./support/upstream.ts";

const CLIENTS = 16;
const READY = "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/** What a frontend under load makes of a fault that comes and goes: its good answers before and after, the others between. */
async function loadThrough(service: ServiceProcess, fault: { status: number; begin(): void; end(): void }) {
  const { port, adminPort } = await service.ports();
  const load = new Load(port, CLIENTS);
  await expect.poll(() => load.count(200)).toBeGreaterThan(100);
  fault.begin();
  await expect.poll(() => load.count(fault.status)).toBeGreaterThan(2 * CLIENTS);
  expect(await sendRaw(adminPort, READY)).toContain("200 OK");
  fault.end();
  // The last of the bad answers are those that were being waited for.
  await expect
    .poll(async () => {
      const before = load.count(fault.status);
      await expect.poll(() => load.count(200)).toBeGreaterThan(load.count(200) + 100);
      return load.count(fault.status) - before;
    })
    .toBe(0);
  return load.end();
}

/** Only good answers and those of the fault, and one for each request. */
function expectNoneLost(
  what: string,
  status: number,
  { asked, answered, lost }: Awaited<ReturnType<Load["end"]>>,
) {
  expect(lost).toEqual([]);
  expect(Object.keys(answered)).toEqual(["200", String(status)]);
  expect((answered[200] ?? 0) + (answered[status] ?? 0)).toBe(asked);
  record(what, { requests: asked, [`answered ${status}`]: answered[status] ?? 0, lost: lost.length });
}

/** The first bytes of an answer, and then one of its body each second. */
function drip(socket: Socket): void {
  const answer = httpAnswer(VERSION_11);
  const start = answer.length - VERSION_11.length;
  let next = start;
  socket.write(answer.slice(0, start));
  const timer = setInterval(() => socket.write(answer.charAt(next++)), 1000);
  socket.on("close", () => clearInterval(timer));
}

const head = (length: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;

describe("a backend under load", () => {
  test.each<[string, number, (socket: Socket) => void]>([
    ["that accepts and never answers", 504, () => undefined],
    ["that answers one byte a second", 504, drip],
    ["that answers garbage", 502, (socket) => socket.end("\0\x01garbage\r\n\r\n")],
    ["that answers 10 MB", 502, (socket) => socket.write(httpAnswer("1".repeat(10_000_000)))],
    ["that answers half a JSON", 502, (socket) => socket.write(httpAnswer('{"version":'))],
    ["that answers less than its content-length", 502, (socket) => socket.end(head(1000) + VERSION_11)],
    ["that answers more than its content-length", 502, (socket) => socket.write(head(5) + VERSION_11)],
  ])("%s: every request is answered, the fault's own with %d and a reason", async (what, status, faulty) => {
    let broken = false;
    const backend = await rawUpstream((socket) => {
      socket.on("data", () => (broken ? faulty(socket) : socket.write(httpAnswer(VERSION_11))));
    });
    const service = new ServiceProcess(BUNDLES.frontend, { BACKEND: backend, BACKEND_TIMEOUT_MS: "500" });
    const begin = () => (broken = true);
    const end = () => (broken = false);
    expectNoneLost(`a backend ${what}`, status, await loadThrough(service, { status, begin, end }));
    expect(service.stderr).toBe("");
  });

  test("that is killed and comes back: every request is answered, those without a backend with 502", async () => {
    const [backendPort, adminPort] = [String(await freePort()), String(await freePort())];
    const startBackend = () => new ServiceProcess(BUNDLES.blue, { PORT: backendPort, ADMIN_PORT: adminPort });
    const backend = startBackend();
    await backend.ports();
    const service = new ServiceProcess(BUNDLES.frontend, { BACKEND: `http://127.0.0.1:${backendPort}` });
    const tally = await loadThrough(service, {
      status: 502,
      begin: () => void backend.child.kill("SIGKILL"),
      end: startBackend,
    });
    expectNoneLost("a backend that is killed and comes back", 502, tally);
  });

  test("whose name does not resolve, and then does: every request is answered, those without a name with 502", async () => {
    const directory = mkdtempSync(join(tmpdir(), "resolver-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, "address");
    const resolveTo = (address: string) => writeFileSync(file, address);
    resolveTo("127.0.0.1");
    // Each connection serves one question, so that each question needs the name.
    const { port } = new URL(
      await rawUpstream((socket) => socket.on("data", () => socket.end(httpAnswer(VERSION_11)))),
    );
    const service = new ServiceProcess(
      BUNDLES.frontend,
      { BACKEND: `http://echo-backend.test:${port}`, RESOLVER_FILE: file },
      { preload: PRELOAD.resolver },
    );
    const tally = await loadThrough(service, {
      status: 502,
      begin: () => resolveTo(""),
      end: () => resolveTo("127.0.0.1"),
    });
    expectNoneLost("a backend whose name does not resolve, and then does", 502, tally);
    expect(service.stdout).toContain("the backend's name is not known");
  });
});

test("a clock that is set back keeps no connection to the backend beyond its age", async () => {
  let connections = 0;
  const backend = await rawUpstream((socket) => {
    connections++;
    socket.on("data", () => socket.write(httpAnswer(VERSION_11)));
  });
  const service = new ServiceProcess(
    BUNDLES.frontend,
    { BACKEND: backend, BACKEND_CONNECTION_MAX_AGE_MS: "300" },
    { preload: PRELOAD.clock },
  );
  const { port } = await service.ports();
  const load = new Load(port, 1);
  await expect.poll(() => load.count(200)).toBeGreaterThan(100);
  service.child.kill("SIGURG");
  const before = connections;
  await expect.poll(() => connections).toBeGreaterThan(before + 2);
  const { asked, answered, lost } = await load.end();
  expect(lost).toEqual([]);
  expect(answered).toEqual({ 200: asked });
  record("a clock that is set back", { requests: asked, lost: lost.length });
});
