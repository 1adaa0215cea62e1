import { once } from "node:events";
import { createServer } from "node:net";
import { BUNDLES, RawConnection, record, sendRaw, ServiceProcess } from "@echo/kit/testing";
import { Agent, request } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const GET_AND_CLOSE = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

async function status(port: number, path: string): Promise<number> {
  const { statusCode, body } = await request(`http://127.0.0.1:${port}${path}`, { reset: true });
  await body.dump();
  return statusCode;
}

/** Waits until a service says that it is not ready any more. */
async function unready(adminPort: number): Promise<void> {
  while ((await status(adminPort, "/readyz")) === 200);
}

/** A request that the service has begun to handle, and whose body of one byte it waits for. */
async function openRequest({ port }: { port: number }): Promise<RawConnection> {
  const connection = await RawConnection.open(port);
  connection.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
  await connection.until(/100 Continue/);
  return connection;
}

describe("the start", () => {
  test("each bundle answers its own version", async () => {
    for (const [color, version] of [
      ["blue", "11.0"],
      ["green", "12.0"],
    ] as const) {
      const { port } = await new ServiceProcess(BUNDLES[color]).ports();
      expect(await sendRaw(port, GET_AND_CLOSE)).toContain(`{"version":"${version}"}\n`);
    }
  });

  test("ends with one line for a bad setting", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { FAILURE_RATE: "lots", PORT: "-1" });
    expect(await service.exited).toBe(1);
    expect(service.stderr).toBe(
      'echo-backend: PORT is "-1", allowed is a whole number from 0 to 65535; FAILURE_RATE is "lots", allowed is a number from 0 to 100, in percent\n',
    );
    expect(service.stdout).toBe("");
  });

  test.each(["PORT", "ADMIN_PORT"])("ends with one line when %s is taken", async (name) => {
    const other = createServer().listen(0, "::");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const address = other.address();
    const taken = typeof address === "object" ? String(address?.port) : "";
    const service = new ServiceProcess(BUNDLES.blue, { [name]: taken });
    expect(await service.exited).toBe(1);
    expect(service.stderr).toBe(
      `echo-backend: ${name} is "${taken}", allowed is a port that is not in use (another process listens on this one)\n`,
    );
  });
});

describe("SIGTERM", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s: unready at once, serving through the drain, gone with code 0",
    async (signal) => {
      const service = new ServiceProcess(BUNDLES.blue, { DRAIN_MS: "1000" });
      const { port, adminPort } = await service.ports();
      expect(await status(adminPort, "/readyz")).toBe(200);
      service.child.kill(signal);
      await unready(adminPort);
      expect(await status(adminPort, "/livez")).toBe(200);
      expect(await sendRaw(port, GET)).toMatch(/200 OK[\s\S]*connection: close/i);
      expect(await service.exited).toBe(0);
      expect(service.stdout).toMatch(/"draining"[\s\S]*"stopped"/);
    },
  );

  test("lets a request in flight finish, new ones refused and the probes answered until then", async () => {
    const service = new ServiceProcess(BUNDLES.blue);
    const { port, adminPort } = await service.ports();
    const connection = await openRequest({ port });
    service.child.kill("SIGTERM");
    await expect.poll(() => status(port, "/").catch(String)).toContain("ECONNREFUSED");
    expect(await status(adminPort, "/livez")).toBe(200);
    expect(await status(adminPort, "/readyz")).toBe(503);
    connection.write("x");
    await connection.closed;
    expect(connection.received).toMatch(/200 OK/);
    expect(await service.exited).toBe(0);
    expect(service.stdout).toMatch(/"status":200/);
  });

  test("cuts what outlasts SHUTDOWN_TIMEOUT_MS", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { SHUTDOWN_TIMEOUT_MS: "200" });
    const connection = await openRequest(await service.ports());
    service.child.kill("SIGTERM");
    await connection.closed;
    expect(connection.received).not.toContain("200 OK");
    expect(await service.exited).toBe(0);
    expect(service.stdout).toContain("outlasted SHUTDOWN_TIMEOUT_MS");
  });

  test("does not wait for a connection on which nothing was ever asked", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { SHUTDOWN_TIMEOUT_MS: "600000" });
    const { port } = await service.ports();
    const connection = await RawConnection.open(port);
    await sendRaw(port, GET_AND_CLOSE);
    service.child.kill("SIGTERM");
    await connection.closed;
    expect(await service.exited).toBe(0);
  });

  test("a second one ends it at once, with what is in flight", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { DRAIN_MS: "600000" });
    const { port, adminPort } = await service.ports();
    const connection = await openRequest({ port });
    service.child.kill("SIGTERM");
    await unready(adminPort);
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(1);
    await connection.closed;
    expect(connection.received).not.toContain("200 OK");
  });

  test("under load, on kept connections and on new ones until the drain ends, fails no request", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { DRAIN_MS: "4000" });
    const { port, adminPort } = await service.ports();
    const url = `http://127.0.0.1:${port}/`;
    const kept = new Agent({ connections: 16 });
    const load = { going: true, answered: 0, failures: new Array<unknown>() };
    const ask = async (options: Parameters<typeof request>[1]) => {
      try {
        const { statusCode, body } = await request(url, options);
        await body.dump();
        if (statusCode === 200) load.answered++;
        else load.failures.push(statusCode);
      } catch (error) {
        load.failures.push(error);
      }
    };
    const worker = async (options: Parameters<typeof request>[1]) => {
      while (load.going) await ask(options);
    };
    const workers = [
      ...Array.from({ length: 16 }, () => worker({ dispatcher: kept })),
      ...Array.from({ length: 2 }, () => worker({ reset: true })),
    ];
    await expect.poll(() => load.answered).toBeGreaterThan(500);
    service.child.kill("SIGTERM");
    await unready(adminPort);
    const atDrain = load.answered;
    await expect.poll(() => load.answered).toBeGreaterThan(atDrain + 500);
    load.going = false;
    await Promise.all(workers);
    expect(load.failures).toEqual([]);
    record("SIGTERM under load", { requests: load.answered, lost: load.failures.length });
    expect(await service.exited).toBe(0);
    await kept.destroy();
  });
});

describe("the log", () => {
  test("shows a request within a second, without any other", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { COLOR: "blue" });
    const { port } = await service.ports();
    const start = performance.now();
    await sendRaw(port, GET_AND_CLOSE);
    const line = await service.logged(/"status":200/);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(line).toMatchObject({
      service: "echo-backend",
      version: "11.0",
      color: "blue",
      level: "info",
      method: "GET",
      url: "/",
    });
  });

  test("that nobody reads neither stops the service nor its end", async () => {
    const service = new ServiceProcess(BUNDLES.blue, { PORT: "0", ADMIN_PORT: "0" }, { readStdout: false });
    // Its ports are in the log that this test must not read on: the first line is enough.
    const [chunk] = await once(service.child.stdout ?? service.child, "data");
    service.child.stdout?.pause();
    const { port } = JSON.parse(String(chunk).split("\n")[0] ?? "");
    const agent = new Agent({ connections: 8 });
    const path = `/${"a".repeat(4000)}`;
    for (let i = 0; i < 200; i++) {
      const answers = Array.from({ length: 8 }, () =>
        request(`http://127.0.0.1:${port}${path}`, { dispatcher: agent }),
      );
      for (const { statusCode, body } of await Promise.all(answers)) {
        await body.dump();
        expect(statusCode).toBe(200);
      }
    }
    await agent.close();
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(0);
  });
});
