import { BUNDLES, GET, get, Load, PRELOAD, RawConnection, record, ServiceProcess } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";

/** Ends a load, and expects that every request of it succeeded. Returns the number of requests. */
async function expectNoneLost(load: Load): Promise<number> {
  const { sent, responses, lost } = await load.end();
  expect(lost).toEqual([]);
  expect(responses).toEqual({ 200: sent });
  return sent;
}

describe("SIGTERM during the start", () => {
  test.each([
    ["first", "1"],
    ["second", "2"],
  ])(
    "while the %s port is being opened: the service starts, drains and stops",
    async (_which, SIGTERM_AT) => {
      const service = new ServiceProcess(BUNDLES.blue, { SIGTERM_AT }, { preload: PRELOAD.sigtermAtListen });
      expect(await service.exited).toBe(0);
      expect(service.stderr).toBe("");
      expect(service.stdout).toMatch(/"draining"[\s\S]*"listening"[\s\S]*"stopped"/);
    },
  );

  test("with DRAIN_MS: the service handles requests during the drain", async () => {
    const service = new ServiceProcess(
      BUNDLES.blue,
      { SIGTERM_AT: "2", DRAIN_MS: "5000" },
      { preload: PRELOAD.sigtermAtListen },
    );
    const { port, adminPort } = await service.ports();
    expect(await get(port)).toContain("200 OK");
    expect(await get(adminPort, "/readyz")).toContain("503 Service Unavailable");
    expect(await service.exited).toBe(0);
  });

  test("before the service's own code runs: the process ends without a message", async () => {
    const service = new ServiceProcess(BUNDLES.blue);
    service.child.kill("SIGTERM");
    // Null means that the signal ended it.
    expect([0, null]).toContain(await service.exited);
    expect(service.stderr).toBe("");
  });
});

test("out of file descriptors: open connections are served, and new ones again once descriptors are free", async () => {
  const service = new ServiceProcess(BUNDLES.blue, {}, { shell: 'ulimit -n 64; exec "$@"' });
  const { port } = await service.ports();
  const load = new Load(port, 4);
  await expect.poll(() => load.count(200)).toBeGreaterThan(100);
  const others = await RawConnection.openMany(port, 200);
  for (const other of others) other.write(GET);
  const closed = () => others.filter(({ socket }) => socket.closed).length;
  await expect.poll(closed).toBeGreaterThan(0);
  const before = load.count(200);
  await expect.poll(() => load.count(200)).toBeGreaterThan(before + 100);
  const served = others.filter(({ received }) => received.includes("200 OK")).length;
  expect(served).toBeGreaterThan(10);
  record("out of file descriptors", {
    "new connections closed": closed(),
    "requests on others": load.count(200),
    lost: load.tally.lost.length,
  });
  for (const { socket } of others) socket.destroy();
  await expect.poll(() => get(port)).toContain("200 OK");
  await expectNoneLost(load);
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
  expect(service.stderr).toBe("");
});

test("a clock that jumps loses no request and closes no connection before its age", async () => {
  const service = new ServiceProcess(
    BUNDLES.blue,
    { CONNECTION_MAX_AGE_MS: "600000" },
    { preload: PRELOAD.clock },
  );
  const { port } = await service.ports();
  const connection = await RawConnection.open(port);
  const load = new Load(port, 4);
  for (const signal of ["SIGWINCH", "SIGURG", "SIGURG", "SIGWINCH"] as const) {
    service.child.kill(signal);
    const before = load.count(200);
    await expect.poll(() => load.count(200)).toBeGreaterThan(before + 100);
    connection.received = "";
    connection.write(GET);
    expect(await connection.until(/11\.0/)).toMatch(/connection: keep-alive/i);
  }
  const requests = await expectNoneLost(load);
  const times = service.stdout.matchAll(/"time":"\d{4}-\d\d-\d\dT(\d\d):/g);
  const hours = new Set(Array.from(times, ([, hour]) => hour));
  // The wall clock did jump, and the durations do not show it.
  expect(hours.size).toBeGreaterThan(2);
  const durations = Array.from(service.stdout.matchAll(/"duration":(-?[\d.]+)/g), ([, value]) =>
    Number(value),
  );
  expect(Math.min(...durations)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...durations)).toBeLessThan(600_000);
  record("a clock that jumps", { requests, lost: 0 });
});
