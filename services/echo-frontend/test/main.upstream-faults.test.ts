import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BUNDLES,
  freePort,
  Load,
  PRELOAD,
  record,
  sendRaw,
  ServiceProcess,
  type Tally,
} from "@echo/kit/testing";
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

/** Prints the figures of a fault, and returns what each request got. */
function outcome(what: string, status: number, { asked, answered, lost }: Tally) {
  const [good, bad] = [answered[200] ?? 0, answered[status] ?? 0];
  record(what, { requests: asked, [`answered ${status}`]: bad, lost: lost.length });
  return { lost, others: asked - good - bad };
}

const NONE_LOST = { lost: [], others: 0 };

/** The first bytes of an answer, and then one of its body each second. */
function drip(socket: Socket): void {
  const answer = httpAnswer(VERSION_11);
  const start = answer.length - VERSION_11.length;
  let next = start;
  socket.write(answer.slice(0, start));
  const timer = setInterval(() => socket.write(answer.charAt(next++)), 1000);
  socket.on("close", () => clearInterval(timer));
}

const TEN_MB = "1".repeat(10_000_000);
const head = (length: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;

describe("a backend under load", () => {
  test.each<[string, number, string, (socket: Socket) => void]>([
    ["that accepts and never answers", 504, "did not answer within 500 ms", () => undefined],
    ["that answers one byte a second", 504, "did not answer within 500 ms", drip],
    ["that answers garbage", 502, "is not HTTP", (socket) => socket.end("\0\x01garbage\r\n\r\n")],
    ["that answers 10 MB", 502, "longer than 64 KiB", (socket) => socket.write(httpAnswer(TEN_MB))],
    ["that answers half a JSON", 502, "is not JSON", (socket) => socket.write(httpAnswer('{"version":'))],
    [
      "that answers less than its content-length",
      502,
      "before its answer was complete",
      (socket) => socket.end(head(1000) + VERSION_11),
    ],
    [
      "that answers more than its content-length",
      502,
      "is not JSON",
      (socket) => socket.write(head(5) + VERSION_11),
    ],
  ])(
    "%s: every request is answered, the fault's own with %d and a reason",
    async (what, status, reason, faulty) => {
      let broken = false;
      const backend = await rawUpstream((socket) => {
        socket.on("data", () => (broken ? faulty(socket) : socket.write(httpAnswer(VERSION_11))));
      });
      const service = new ServiceProcess(BUNDLES.frontend, {
        BACKEND: backend,
        // Only where it is what ends a question: a busy machine must not.
        BACKEND_TIMEOUT_MS: status === 504 ? "500" : "60000",
      });
      const begin = () => (broken = true);
      const end = () => (broken = false);
      const tally = await loadThrough(service, { status, begin, end });
      expect(outcome(`a backend ${what}`, status, tally)).toEqual(NONE_LOST);
      expect(service.stdout).toContain(reason);
      expect(service.stderr).toBe("");
    },
  );

  test("that is killed and comes back: every request is answered, those without a backend with 502", async () => {
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
    expect(outcome("a backend that is killed and comes back", 502, tally)).toEqual(NONE_LOST);
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
      { BACKEND: `http://echo-backend.test:${port}`, RESOLVER_FILE: file, BACKEND_TIMEOUT_MS: "60000" },
      { preload: PRELOAD.resolver },
    );
    const tally = await loadThrough(service, {
      status: 502,
      begin: () => resolveTo(""),
      end: () => resolveTo("127.0.0.1"),
    });
    expect(outcome("a backend whose name does not resolve, and then does", 502, tally)).toEqual(NONE_LOST);
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
    { BACKEND: backend, BACKEND_CONNECTION_MAX_AGE_MS: "300", BACKEND_TIMEOUT_MS: "60000" },
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
