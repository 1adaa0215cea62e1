import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { BUNDLES, get, Load, metric, OpenLoad, PRELOAD, record, ServiceProcess } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";
import { httpResponse, rawUpstream, VERSION_11 } from "./support/upstream.ts";

/** How long the overload lasts, in s. The figures in the documentation are those of a minute. */
const OVERLOAD_S = Number(process.env.OVERLOAD_S ?? "10");
/** A few milliseconds of work per request. */
const WORK_ITERATIONS = "2000000";
/** For a busy machine. */
const NO_HANG = { timeout: 60_000 };

/** Probes a service until `end`, and measures the CPU time that the service uses meanwhile, whatever for. */
class Probes {
  /** The duration of each probe, in ms. */
  readonly tookMs: number[] = [];
  /** The CPU time that the service used during each probe, in ms. */
  readonly usedMs: number[] = [];
  readonly #done: Promise<void>;
  #running = true;

  constructor(service: ServiceProcess, adminPort: number) {
    this.#done = this.#run(service, adminPort);
  }

  async end(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  async #run(service: ServiceProcess, adminPort: number): Promise<void> {
    let before = await service.cpuMs();
    while (this.#running) {
      const start = performance.now();
      await get(adminPort, "/livez");
      this.tookMs.push(performance.now() - start);
      const now = await service.cpuMs();
      this.usedMs.push(now - before);
      before = now;
    }
  }
}

function percentile99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Infinity;
}

interface Span {
  /** Of wall clock, in ms. */
  ms: number;
  /** Of the service's CPU, in ms. */
  cpu: number;
  /** Responses with status 200. */
  succeeded: number;
}

/** Measures what a service does during `action`. */
async function measure(
  service: ServiceProcess,
  succeeded: () => number,
  action: () => Promise<unknown>,
): Promise<Span> {
  const [start, cpu, count] = [performance.now(), await service.cpuMs(), succeeded()];
  await action();
  return {
    ms: performance.now() - start,
    cpu: (await service.cpuMs()) - cpu,
    succeeded: succeeded() - count,
  };
}

/** Measures 100 requests of a closed load, after a warm-up. */
async function measureCapacity(service: ServiceProcess, port: number): Promise<Span> {
  const load = new Load(port, 4);
  const reached = (count: number) =>
    expect.poll(() => load.count(200), NO_HANG).toBeGreaterThanOrEqual(count);
  await reached(50);
  const span = await measure(
    service,
    () => load.count(200),
    () => reached(load.count(200) + 100),
  );
  await load.end();
  return span;
}

/** Measures how long after an overload the service responds 200 to a new client. */
function measureRecovery(service: ServiceProcess, port: number): Promise<Span> {
  return measure(
    service,
    () => 0,
    () => expect.poll(() => get(port), { ...NO_HANG, interval: 1 }).toContain("200 OK"),
  );
}

describe("ten times the capacity", () => {
  test(
    "is shed with 503 and Retry-After, while work and probes go on, and the service recovers",
    async () => {
      const service = new ServiceProcess(BUNDLES.frontend, { WORK_ITERATIONS }, { preload: PRELOAD.cpuTime });
      const { port, adminPort } = await service.ports();
      const capacity = await measureCapacity(service, port);

      const load = new OpenLoad(port, (10 * capacity.succeeded * 1000) / capacity.ms);
      const probes = new Probes(service, adminPort);
      const overload = await measure(
        service,
        () => load.count(200),
        // The duration of the load: there is no condition to await.
        () => sleep(OVERLOAD_S * 1000),
      );
      await probes.end();
      const ending = load.end();
      const recovery = await measureRecovery(service, port);
      await ending;

      // Per CPU time, so that a busy machine does not change it.
      const goodput = overload.succeeded / overload.cpu / (capacity.succeeded / capacity.cpu);
      record(`ten times the capacity for ${OVERLOAD_S} s`, {
        requests: load.sent,
        "with status 200": load.count(200),
        "with status 503": load.count(503),
        lost: load.lost.length,
        "% of the goodput": Math.round(goodput * 100),
        probes: probes.tookMs.length,
        "ms p99 of the probes": Math.round(percentile99(probes.tookMs)),
        "ms of CPU time meanwhile": Math.round(percentile99(probes.usedMs)),
        "ms to recover": Math.round(recovery.ms),
      });
      expect(load.lost).toEqual([]);
      expect(load.count(200) + load.count(503)).toBe(load.sent);
      expect(load.count(503)).toBeGreaterThan(load.count(200));
      const wrong = load.responses.filter(
        ({ status, retryAfter }) => (status === 503) !== (retryAfter === "1"),
      );
      expect(wrong).toEqual([]);
      expect(goodput).toBeGreaterThan(1 / 3);
      expect(percentile99(probes.usedMs)).toBeLessThan(100);
      expect(recovery.cpu).toBeLessThan(2000);
      expect(service.stderr).toBe("");
    },
    OVERLOAD_S * 1000 + 240_000,
  );
});

/** A backend that does not respond until `release`, with the number of its connections. */
async function holdingUpstream() {
  const sockets = new Set<Socket>();
  let held = true;
  let maxConnections = 0;
  const url = await rawUpstream((socket) => {
    maxConnections = Math.max(maxConnections, sockets.add(socket).size);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", () => {
      if (!held) socket.write(httpResponse(VERSION_11));
    });
  });
  const release = () => {
    held = false;
    for (const socket of sockets) socket.write(httpResponse(VERSION_11));
  };
  return { url, release, maxConnections: () => maxConnections };
}

test("many users of a slow backend: its connections and pending requests are limited, and further requests get 503 at once", async () => {
  const USERS = 1400;
  const MAX_PENDING = 1024;
  const backend = await holdingUpstream();
  const service = new ServiceProcess(BUNDLES.frontend, {
    BACKEND: backend.url,
    BACKEND_TIMEOUT_MS: "600000",
    BACKEND_CONNECTION_MAX_AGE_MS: "600000",
  });
  const { port, adminPort } = await service.ports();
  const responses = Array.from({ length: USERS }, () => get(port));
  const rejected: string[] = [];
  let held = true;
  for (const response of responses) void response.then((text) => held && rejected.push(text));

  // The backend does not respond, so each response is a rejection.
  await expect.poll(() => rejected.length).toBe(USERS - MAX_PENDING);
  for (const text of rejected) {
    expect(text).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*\r\nretry-after: 1\r\n/);
    expect(text).toContain('"error":"the backend is slow: 1024 requests are waiting for it"');
  }
  expect(backend.maxConnections()).toBe(256);
  expect(await get(adminPort, "/readyz")).toContain("200 OK");
  const overloads = metric(adminPort, "upstream_request_duration_seconds_count", 'outcome="overload"');
  expect(await overloads).toBe(USERS - MAX_PENDING);

  held = false;
  backend.release();
  const succeeded = (await Promise.all(responses)).filter((text) => text.includes('"backend":"11.0"'));
  expect(succeeded).toHaveLength(MAX_PENDING);
  expect(await get(port)).toContain('"backend":"11.0"');
  record("many users of a slow backend", {
    requests: USERS,
    "with status 503 at once": rejected.length,
    lost: 0,
    "connections to the backend": backend.maxConnections(),
  });
});
