import type { Socket } from "node:net";
import { BUNDLES, cpuMs, Load, metric, OpenLoad, record, sendRaw, ServiceProcess } from "@echo/kit/testing";
import { expect, test } from "vitest";
import { httpAnswer, rawUpstream, VERSION_11 } from "./support/upstream.ts";

/** How long the load is ten times what can be done, in s. The figure in docs/reliability.md is that of a whole minute. */
const OVERLOAD_S = Number(process.env.OVERLOAD_S ?? "10");
/** A few milliseconds of work for each request. */
const WORK_ITERATIONS = "2000000";
/** For a machine that others keep busy. */
const PATIENT = { timeout: 60_000 };
const GET_AND_CLOSE = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
const READY = GET_AND_CLOSE.replace(" / ", " /readyz ");

/** Probes a service until it is told to stop. */
class Probes {
  /** How long each took, in ms. */
  readonly tookMs: number[] = [];
  /** How much CPU time the service took for each, whatever else it did at the time included, in ms. */
  readonly usedMs: number[] = [];
  readonly #done: Promise<void>;
  #going = true;

  constructor(adminPort: number) {
    this.#done = this.#probeOn(adminPort);
  }

  async end(): Promise<void> {
    this.#going = false;
    await this.#done;
  }

  async #probeOn(adminPort: number): Promise<void> {
    let used = await cpuMs(adminPort);
    while (this.#going) {
      const start = performance.now();
      const now = await cpuMs(adminPort);
      this.tookMs.push(performance.now() - start);
      this.usedMs.push(now - used);
      used = now;
    }
  }
}

/** What 99 of 100 do not exceed: the load comes in bursts where this process itself has to wait for the CPU. */
function ofHundred(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Infinity;
}

/** Good answers for each second of CPU time while `during` goes on: what the service gets done, on a busy machine too. */
async function goodput(
  adminPort: number,
  good: () => number,
  during: () => Promise<unknown>,
): Promise<number> {
  const [cpu, count] = [await cpuMs(adminPort), good()];
  await during();
  return ((good() - count) * 1000) / ((await cpuMs(adminPort)) - cpu);
}

test(
  "ten times what it can do: it sheds with 503 and Retry-After, gets its work done, answers its probes, and recovers",
  async () => {
    const service = new ServiceProcess(BUNDLES.frontend, { WORK_ITERATIONS });
    const { port, adminPort } = await service.ports();

    const warmUp = new Load(port, 4);
    const answered = (count: number) => expect.poll(() => warmUp.count(200), PATIENT).toBeGreaterThan(count);
    await answered(50);
    const [start, before] = [performance.now(), warmUp.count(200)];
    const atCapacity = await goodput(
      adminPort,
      () => warmUp.count(200),
      () => answered(before + 100),
    );
    const capacity = ((warmUp.count(200) - before) * 1000) / (performance.now() - start);
    await warmUp.end();

    const load = new OpenLoad(port, 10 * capacity);
    const probes = new Probes(adminPort);
    const count = (status: number) => load.answers.filter((answer) => answer.status === status).length;
    const overloaded = await goodput(
      adminPort,
      () => count(200),
      // The load's own length: there is nothing to wait for.
      () => new Promise((resolve) => setTimeout(resolve, OVERLOAD_S * 1000)),
    );
    await probes.end();
    const [cpuAtEnd, atEnd] = [await cpuMs(adminPort), performance.now()];
    const ending = load.end();
    await expect.poll(() => sendRaw(port, GET_AND_CLOSE), { ...PATIENT, interval: 1 }).toContain("200 OK");
    const recovery = { cpu: (await cpuMs(adminPort)) - cpuAtEnd, ms: performance.now() - atEnd };
    await ending;

    record(`ten times the capacity for ${OVERLOAD_S} s`, {
      requests: load.asked,
      "answered 200": count(200),
      "answered 503": count(503),
      lost: load.lost.length,
      "% of the goodput": Math.round((overloaded / atCapacity) * 100),
      probes: probes.tookMs.length,
      "ms the slowest probe of 100": Math.round(ofHundred(probes.tookMs)),
      "ms of CPU time meanwhile": Math.round(ofHundred(probes.usedMs)),
      "ms to recover": Math.round(recovery.ms),
    });
    expect(load.lost).toEqual([]);
    expect(count(200) + count(503)).toBe(load.asked);
    expect(count(503)).toBeGreaterThan(count(200));
    expect(
      load.answers.filter(({ status, retryAfter }) => (status === 503) !== (retryAfter === "1")),
    ).toEqual([]);
    expect(overloaded).toBeGreaterThan(atCapacity / 3);
    expect(ofHundred(probes.usedMs)).toBeLessThan(100);
    expect(recovery.cpu).toBeLessThan(2000);
    expect(service.stderr).toBe("");
  },
  OVERLOAD_S * 1000 + 120_000,
);

test("many users of a slow backend: connections and questions are bounded, the rest told at once, and health stays", async () => {
  const USERS = 1400;
  const MOST = 1024;
  const sockets = new Set<Socket>();
  let most = 0;
  let slow = true;
  const backend = await rawUpstream((socket) => {
    most = Math.max(most, sockets.add(socket).size);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", () => {
      if (!slow) socket.write(httpAnswer(VERSION_11));
    });
  });
  const service = new ServiceProcess(BUNDLES.frontend, {
    BACKEND: backend,
    BACKEND_TIMEOUT_MS: "600000",
    BACKEND_CONNECTION_MAX_AGE_MS: "600000",
  });
  const { port, adminPort } = await service.ports();
  const answers = Array.from({ length: USERS }, () => sendRaw(port, GET_AND_CLOSE));
  let refused: string[] = [];
  for (const answer of answers) void answer.then((text) => refused.push(text));
  // Nothing is answered by the backend, so that whoever has an answer was refused.
  await expect.poll(() => refused.length).toBe(USERS - MOST);
  for (const text of refused) {
    expect(text).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*\r\nretry-after: 1\r\n/);
    expect(text).toContain('"error":"the backend is slow: 1024 requests wait for it already"');
  }
  expect(most).toBe(256);
  expect(await sendRaw(adminPort, READY)).toContain("200 OK");
  expect(await metric(adminPort, "upstream_request_duration_seconds_count", 'outcome="overload"')).toBe(
    USERS - MOST,
  );
  refused = [];
  slow = false;
  for (const socket of sockets) socket.write(httpAnswer(VERSION_11));
  const good = (await Promise.all(answers)).filter((text) => text.includes('"backend":"11.0"'));
  expect(good).toHaveLength(MOST);
  expect(await sendRaw(port, GET_AND_CLOSE)).toContain('"backend":"11.0"');
  record("many users of a slow backend", {
    requests: USERS,
    "answered 503 at once": USERS - MOST,
    lost: 0,
    "connections to the backend": most,
  });
});
