import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { sendRaw } from "../../services/kit/test/support/raw.ts";
import { CONTROL_PORT, localUrl, STABLE_PORT } from "../src/domain/ports.ts";
import { planDev } from "../src/dev/plan.ts";
import { cliWith, start } from "./support/commands.ts";
import { eventually, HANG_MS } from "./support/limits.ts";
import { PORTS_OF_DEV, portsInUse, serviceAt } from "./support/local-system.ts";

const FRONTEND_PORT = 8080;
const FRONTEND = localUrl(FRONTEND_PORT);

/** The backend's version, as a backend or a frontend returns it. */
async function backendAt(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(HANG_MS) });
  const body: { backend?: string; version: string } = JSON.parse(await response.text());
  return body.backend ?? body.version;
}

async function shiftLocally(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await cliWith(["shift", "--local", ...args]);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

test("pnpm dev runs all services, shifts traffic, and drains each service once after Ctrl-C", async () => {
  const dev = start(["dev"]);
  const output = () => dev.lines.join("\n");
  await dev.untilLine(new RegExp(`curl ${FRONTEND}`));
  for (const { port, version } of planDev().filter(({ service }) => service === "echo-backend"))
    expect(await backendAt(localUrl(port))).toBe(version);
  expect(await backendAt(FRONTEND)).toBe("11.0");

  expect(await shiftLocally("green")).toContain("observed green 100.0 % of 1000 requests");
  expect(await backendAt(FRONTEND)).toBe("12.0");
  const { headers } = await fetch(FRONTEND, { signal: AbortSignal.timeout(HANG_MS) });
  expect(headers.get("x-echo-backend-color")).toBe("green");
  expect(headers.get("x-echo-weights")).toBe("blue=0,green=100");
  expect(output()).toContain("Traffic: blue 100 %, green 0 % → blue 0 %, green 100 %");
  expect(output()).not.toContain("GET /");
  await shiftLocally("--green", "25");

  const watching = start(["watch", "--local", "--json"]);
  expect(await watching.untilLine(/"color":"(blue|green)"/)).toContain('"status":200');
  watching.kill("SIGINT");
  expect((await watching.result).exitCode).toBe(0);

  // Without a kubeconfig, kubectl requests localhost:8080, and the frontend responds there.
  const withoutCluster = await cliWith(["shift", "green"], { KUBECONFIG: "/dev/null" });
  expect(withoutCluster.exitCode).toBe(1);
  expect(withoutCluster.stderr).toMatch(/but not as a Kubernetes API server[^]*pnpm shift --local/);

  const second = await cliWith(["dev"]);
  expect(second.exitCode).toBe(1);
  for (const port of [STABLE_PORT, CONTROL_PORT, FRONTEND_PORT, 9080, 8011, 9011, 8012, 9012])
    expect(second.stderr).toContain(`port ${port} (`);

  // pnpm passes a Ctrl-C on, so it arrives twice.
  dev.kill("SIGINT");
  dev.kill("SIGINT");
  expect((await dev.result).exitCode).toBe(0);
  for (const { name } of planDev()) {
    const own = dev.lines.filter((line) => line.startsWith(name));
    expect(own.filter((line) => line.includes("draining"))).toHaveLength(1);
    expect(own.filter((line) => line.includes("stopped"))).toHaveLength(1);
  }
});

const BLUE = { blue: 100, green: 0 };

/** Reads the weights from the control port. */
async function localWeights(): Promise<unknown> {
  return (await fetch(localUrl(CONTROL_PORT), { signal: AbortSignal.timeout(HANG_MS) })).json();
}

test("a local shift refuses a slow green and a dead green, and the weights stay", async () => {
  const dev = start(["dev"]);
  await dev.untilLine(new RegExp(`curl ${FRONTEND}`));
  const green = planDev().find(({ name }) => name === "green");
  if (!green) throw new Error("pnpm dev has no green.");
  process.kill(serviceAt(green.port), "SIGTERM");
  await dev.untilLine(/^green .*the next change of a source file restarts it/);

  const dead = await cliWith(["shift", "--local", "green"]);
  expect(dead.exitCode).toBe(1);
  expect(dead.stderr).toMatch(/green is not ready: [^]*No traffic was moved/);
  expect(await localWeights()).toEqual(BLUE);
  const status = await cliWith(["shift", "status", "--local", "--json"]);
  expect(JSON.parse(status.stdout)).toMatchObject({
    colors: [
      { color: "blue", weight: 100, observed: 100, pods: "1/1" },
      { color: "green", weight: 0, observed: 0, pods: "0/1" },
    ],
  });

  const slow = execa(process.execPath, [green.bundle], {
    env: { ...green.env, DELAY_MS: "100" },
    reject: false,
  });
  onTestFinished(async () => {
    slow.kill("SIGKILL");
    await slow;
  });
  const ready = () =>
    fetch(`${localUrl(green.adminPort)}/readyz`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    );
  await eventually("a slow green", ready);
  const refused = await cliWith(["shift", "--local", "green", "--steps", "25,100", "--interval", "1s"]);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/green is not good enough: its p99 is/);
  expect(await localWeights()).toEqual(BLUE);

  dev.kill("SIGINT");
  expect((await dev.result).exitCode).toBe(0);
});

test("pnpm dev survives bad requests, and after kill -9 nothing of it is left", async () => {
  const dev = start(["dev"]);
  await dev.untilLine(new RegExp(`curl ${FRONTEND}`));
  for (const target of ["http://[", String.raw`/\%ff`, "//", "*"])
    expect(
      await sendRaw(STABLE_PORT, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 [24]/);
  expect(await backendAt(FRONTEND)).toBe("11.0");
  for (const port of PORTS_OF_DEV)
    await expect(fetch(`http://[::1]:${port}`)).rejects.toThrow("fetch failed");
  expect((await portsInUse()).length).toBe(PORTS_OF_DEV.length);

  const { stderr } = await cliWith(["dev"]);
  expect(stderr).toMatch(/port 8000 \(stable name\), port 8001 \(its control\): process \d+, .*main\.ts dev/);
  expect(stderr).toMatch(/End them: kill( \d+){4}$/m);
  dev.kill("SIGKILL");
  await expect.poll(portsInUse, { timeout: HANG_MS }).toEqual([]);
});

test("a setting that is invalid in the shell ends pnpm dev with the service's line", async () => {
  const { exitCode, stdout, stderr } = await cliWith(["dev"], { LOG_LEVEL: "loud", VERSION: "9" });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/Invalid LOG_LEVEL "loud": expected one of trace, /);
  expect(stdout).not.toContain("Move the traffic");
});

test.each([
  ["shift", ["shift", "--local", "green"]],
  ["watch", ["watch", "--local"]],
  ["fault", ["fault", "green", "--clear", "--local"]],
  ["fault status", ["fault", "status", "--local"]],
])("a local %s says so when no pnpm dev runs", async (_what, args) => {
  const { exitCode, stderr } = await cliWith(args);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("is `pnpm dev` running on this machine?");
});
