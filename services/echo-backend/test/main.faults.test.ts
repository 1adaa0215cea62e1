import { BUNDLES, Load, PRELOAD, RawConnection, record, sendRaw, ServiceProcess } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const GET_AND_CLOSE = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

describe("SIGTERM during the start", () => {
  test.each(["first", "second"])("as the %s port is opened: a shutdown like any other", async (which) => {
    const at = which === "first" ? "1" : "2";
    const service = new ServiceProcess(
      BUNDLES.blue,
      { SIGTERM_AT: at },
      { preload: PRELOAD.sigtermAtListen },
    );
    expect(await service.exited).toBe(0);
    expect(service.stderr).toBe("");
    expect(service.stdout).toMatch(/"draining"[\s\S]*"listening"[\s\S]*"stopped"/);
  });

  test("as the second port is opened, with a drain to come: what comes meanwhile is served", async () => {
    const service = new ServiceProcess(
      BUNDLES.blue,
      { SIGTERM_AT: "2", DRAIN_MS: "2000" },
      { preload: PRELOAD.sigtermAtListen },
    );
    const { port, adminPort } = await service.ports();
    expect(await sendRaw(port, GET_AND_CLOSE)).toContain("200 OK");
    expect(await sendRaw(adminPort, GET_AND_CLOSE.replace(" / ", " /readyz "))).toContain(
      "503 Service Unavailable",
    );
    expect(await service.exited).toBe(0);
  });

  test("before any code of ours: an end without a word", async () => {
    const service = new ServiceProcess(BUNDLES.blue);
    service.child.kill("SIGTERM");
    // Null is the signal's own doing.
    expect([0, null]).toContain(await service.exited);
    expect(service.stderr).toBe("");
  });
});

test("out of file descriptors: those connected are served on, and others again once there are some", async () => {
  const service = new ServiceProcess(BUNDLES.blue, {}, { shell: 'ulimit -n 64; exec "$@"' });
  const { port } = await service.ports();
  const load = new Load(port, 4);
  await expect.poll(() => load.count(200)).toBeGreaterThan(100);
  const others = await Promise.all(Array.from({ length: 200 }, () => RawConnection.open(port)));
  for (const other of others) other.write(GET);
  const refused = () => others.filter(({ socket }) => socket.closed).length;
  await expect.poll(refused).toBeGreaterThan(0);
  const atRefusal = load.count(200);
  await expect.poll(() => load.count(200)).toBeGreaterThan(atRefusal + 100);
  const accepted = others.filter(({ received }) => received.includes("200 OK")).length;
  expect(accepted).toBeGreaterThan(10);
  record("out of file descriptors", {
    "new connections refused": refused(),
    "requests on others": load.count(200),
    lost: load.tally.lost.length,
  });
  for (const { socket } of others) socket.destroy();
  await expect.poll(() => sendRaw(port, GET_AND_CLOSE)).toContain("200 OK");
  const { asked, answered, lost } = await load.end();
  expect(lost).toEqual([]);
  expect(answered).toEqual({ 200: asked });
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
  expect(service.stderr).toBe("");
});

test("a clock that jumps loses no request and ends no connection before its age", async () => {
  const service = new ServiceProcess(
    BUNDLES.blue,
    { CONNECTION_MAX_AGE_MS: "600000" },
    { preload: PRELOAD.clock },
  );
  const { port } = await service.ports();
  const kept = await RawConnection.open(port);
  const load = new Load(port, 4);
  for (const signal of ["SIGWINCH", "SIGURG", "SIGURG", "SIGWINCH"] as const) {
    service.child.kill(signal);
    const before = load.count(200);
    await expect.poll(() => load.count(200)).toBeGreaterThan(before + 100);
    kept.received = "";
    kept.write(GET);
    expect(await kept.until(/11\.0/)).toMatch(/connection: keep-alive/i);
  }
  const { asked, answered, lost } = await load.end();
  expect(lost).toEqual([]);
  expect(answered).toEqual({ 200: asked });
  const times = service.stdout.matchAll(/"time":"\d{4}-\d\d-\d\dT(\d\d):/g);
  const hours = new Set(Array.from(times, ([, hour]) => hour));
  // The wall clock did jump, and durations do not show it.
  expect(hours.size).toBeGreaterThan(2);
  const durations = Array.from(service.stdout.matchAll(/"duration":(-?[\d.]+)/g), ([, value]) =>
    Number(value),
  );
  expect(Math.min(...durations)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...durations)).toBeLessThan(600_000);
  record("a clock that jumps", { requests: asked, lost: lost.length });
});
