import { once } from "node:events";
import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import {
  BUNDLES,
  GET,
  get,
  listenOn,
  Load,
  PRELOAD,
  RawConnection,
  record,
  sendRaw,
  ServiceProcess,
  startUpload,
} from "@echo/kit/testing";
import { describe, expect, test } from "vitest";

const isReady = async (adminPort: number) => (await get(adminPort, "/readyz")).includes("200 OK");

/** Waits until the drain has begun. */
const drainOf = (adminPort: number) => expect.poll(() => isReady(adminPort), { interval: 5 }).toBe(false);

describe("the start", () => {
  test.each([
    ["blue", "11.0"],
    ["green", "12.0"],
  ] as const)("the %s bundle responds with version %s", async (color, version) => {
    const { port } = await new ServiceProcess(BUNDLES[color]).ports();
    expect(await get(port)).toContain(`{"version":"${version}"}\n`);
  });

  test("exits with one line on stderr if settings are invalid", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { FAILURE_RATE: "lots", PORT: "-1" });
    expect(await service.exited).toBe(1);
    expect(service.stderr).toBe(
      'echo-backend: Invalid PORT "-1": expected a whole number from 0 to 65535; Invalid FAILURE_RATE "lots": expected a number from 0 to 100, in percent\n',
    );
    expect(service.stdout).toBe("");
  });

  test.each(["PORT", "ADMIN_PORT"])("exits with one line on stderr if %s is in use", async (name) => {
    const taken = await listenOn(createServer());
    const service = new ServiceProcess(BUNDLES.blue, { [name]: String(taken) });
    expect(await service.exited).toBe(1);
    expect(service.stderr).toBe(
      `echo-backend: Invalid ${name} "${taken}": expected a port that is not in use (another process listens on this one)\n`,
    );
  });
});

describe("the address", () => {
  const services = [BUNDLES.blue, BUNDLES.frontend];

  test.each(services)("is IPv4 if the kernel has no IPv6: %s", async (bundle) => {
    const { port, adminPort } = await new ServiceProcess(bundle, {}, { preload: PRELOAD.noIPv6 }).ports();
    expect(await get(port)).toContain("200 OK");
    expect(await get(adminPort, "/readyz")).toContain("200 OK");
  });

  test("is the one of LISTEN_ADDRESS, and no other", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { LISTEN_ADDRESS: "127.0.0.1" });
    const others = Object.values(networkInterfaces())
      .flatMap((list = []) => list.filter(({ internal }) => internal))
      .map(({ address }) => address)
      .filter((address) => address !== "127.0.0.1");
    for (const port of Object.values(await service.ports())) {
      expect(await get(port, "/readyz")).toContain("200 OK");
      for (const host of others)
        await expect(once(connect(port, host), "connect"), host).rejects.toThrow("connect");
    }
  });

  test("exits with one line on stderr if LISTEN_ADDRESS is not of this machine", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { LISTEN_ADDRESS: "192.0.2.1" });
    expect(await service.exited).toBe(1);
    expect(service.stderr).toBe(
      'echo-backend: Invalid LISTEN_ADDRESS "192.0.2.1": expected an address of this machine\n',
    );
  });
});

describe("the shutdown", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "after %s: becomes unready, serves during the drain, and exits with code 0",
    async (signal) => {
      const service = new ServiceProcess(BUNDLES.blue, { DRAIN_MS: "5000" });
      const { port, adminPort } = await service.ports();
      expect(await isReady(adminPort)).toBe(true);
      service.child.kill(signal);
      await drainOf(adminPort);
      expect(await get(adminPort, "/livez")).toContain("200 OK");
      expect(await sendRaw(port, GET)).toMatch(/200 OK[\s\S]*connection: close/i);
      expect(await service.exited).toBe(0);
      expect(service.stdout).toMatch(/"draining"[\s\S]*"stopped"/);
    },
  );

  test("finishes a request in flight, and answers probes but accepts no connection meanwhile", async () => {
    const service = new ServiceProcess(BUNDLES.blue);
    const { port, adminPort } = await service.ports();
    const upload = await startUpload(port);
    service.child.kill("SIGTERM");
    await expect.poll(() => RawConnection.open(port).catch(String)).toContain("ECONNREFUSED");
    expect(await get(adminPort, "/livez")).toContain("200 OK");
    expect(await isReady(adminPort)).toBe(false);
    upload.write("x");
    await upload.closed;
    expect(upload.received).toMatch(/200 OK/);
    expect(await service.exited).toBe(0);
    expect(service.stdout).toMatch(/"status":200/);
  });

  test("closes the connection of a request that exceeds SHUTDOWN_TIMEOUT_MS", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { SHUTDOWN_TIMEOUT_MS: "200" });
    const upload = await startUpload((await service.ports()).port);
    service.child.kill("SIGTERM");
    await upload.closed;
    expect(upload.received).not.toContain("200 OK");
    expect(await service.exited).toBe(0);
    expect(service.stdout).toContain("exceed SHUTDOWN_TIMEOUT_MS");
  });

  test("does not wait for a connection without any request", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { SHUTDOWN_TIMEOUT_MS: "600000" });
    const { port } = await service.ports();
    const connection = await RawConnection.open(port);
    await get(port);
    service.child.kill("SIGTERM");
    await connection.closed;
    expect(await service.exited).toBe(0);
  });

  test("a second signal exits at once, and cuts requests in flight", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { DRAIN_MS: "600000" });
    const { port, adminPort } = await service.ports();
    const upload = await startUpload(port);
    service.child.kill("SIGTERM");
    await drainOf(adminPort);
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(1);
    await upload.closed;
    expect(upload.received).not.toContain("200 OK");
  });

  test("under load, on old and new connections until the drain ends, fails no request", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { DRAIN_MS: "10000" });
    const { port, adminPort } = await service.ports();
    const loads = [new Load(port, 16), new Load(port, 2, { keepAlive: false })];
    for (const load of loads) await expect.poll(() => load.count(200)).toBeGreaterThan(50);
    service.child.kill("SIGTERM");
    await drainOf(adminPort);
    for (const load of loads) {
      const before = load.count(200);
      await expect.poll(() => load.count(200)).toBeGreaterThan(before + 50);
    }
    const tallies = await Promise.all(loads.map((load) => load.end()));
    for (const { sent, responses, lost } of tallies) {
      expect(lost).toEqual([]);
      expect(responses).toEqual({ 200: sent });
    }
    record("SIGTERM under load", { requests: tallies.reduce((sum, { sent }) => sum + sent, 0), lost: 0 });
    expect(await service.exited).toBe(0);
  });
});

describe("the log", () => {
  test("shows a request without waiting for another one", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { COLOR: "blue" });
    const { port } = await service.ports();
    await get(port);
    expect(await service.logged(/"status":200/)).toMatchObject({
      service: "echo-backend",
      version: "11.0",
      color: "blue",
      level: "info",
      method: "GET",
      url: "/",
    });
  });

  test("blocks neither requests nor the exit if nothing reads it", async () => {
    const service = new ServiceProcess(BUNDLES.blue, {}, { readStdout: false });
    const { port } = await service.portsUnread();
    const load = new Load(port, 8, { path: `/${"a".repeat(4000)}` });
    await expect.poll(() => load.count(200)).toBeGreaterThan(1600);
    const { sent, responses } = await load.end();
    expect(responses).toEqual({ 200: sent });
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(0);
  });
});
