import { once } from "node:events";
import { existsSync } from "node:fs";
import { BUNDLES, freePort, Load, metric, record, sendRaw, ServiceProcess } from "@echo/kit/testing";
import { expect, test } from "vitest";

const MIB = 1024 * 1024;
/** So long that a few thousand lines are more than what the service keeps. */
const LONG_PATH = `/${"a".repeat(8000)}`;

/** A service whose stdout nobody reads after the line with its ports, which is returned. */
async function startUnread() {
  const service = new ServiceProcess(BUNDLES.blue, {}, { readStdout: false });
  const [chunk] = await once(service.child.stdout ?? service.child, "data");
  service.child.stdout?.pause();
  const { port, adminPort }: { port: number; adminPort: number } = JSON.parse(
    String(chunk).split("\n")[0] ?? "",
  );
  return { service, port, adminPort };
}

test("a log that nobody reads costs lines and no request: bounded memory, the lost lines counted and told", async () => {
  const { service, port, adminPort } = await startUnread();
  const load = new Load(port, 16, LONG_PATH);
  const dropped = () => metric(adminPort, "log_lines_dropped_total");
  const memory = () => metric(adminPort, "process_resident_memory_bytes");
  await expect.poll(dropped, { timeout: 40_000 }).toBeGreaterThan(500);
  const [linesBefore, memoryBefore] = [await dropped(), await memory()];
  await expect.poll(dropped, { timeout: 60_000 }).toBeGreaterThan(16_000);
  const growth = (await memory()) - memoryBefore;
  // What was dropped meanwhile was not kept; a share of it is room for the garbage collector.
  expect(growth).toBeLessThan((((await dropped()) - linesBefore) * LONG_PATH.length) / 2);
  const { asked, answered, lost } = await load.end();
  expect(lost).toEqual([]);
  expect(answered).toEqual({ 200: asked });

  let log = "";
  service.child.stdout
    ?.setEncoding("utf8")
    .on("data", (text: string) => (log += text))
    .resume();
  await expect.poll(() => log, { timeout: 60_000 }).toContain("lines of this log were dropped");
  const told = log.split("\n").find((line) => line.includes("were dropped"));
  const lines = await dropped();
  expect(JSON.parse(told ?? "")).toMatchObject({ level: "warn", lines });
  record("a log that nobody reads", {
    requests: asked,
    lost: lost.length,
    "lines dropped": lines,
    "MiB more": Math.round(growth / MIB),
  });
}, 200_000);

test.skipIf(!existsSync("/dev/full"))("a full disk under the log costs lines and no request", async () => {
  const [port, adminPort] = [await freePort(), await freePort()];
  const env = { PORT: String(port), ADMIN_PORT: String(adminPort) };
  const service = new ServiceProcess(BUNDLES.blue, env, { shell: 'exec "$@" >/dev/full' });
  await expect.poll(() => metric(adminPort, "http_connections").catch(() => -1)).toBe(0);
  const load = new Load(port, 16, LONG_PATH);
  await expect
    .poll(() => metric(adminPort, "log_lines_dropped_total"), { timeout: 40_000 })
    .toBeGreaterThan(100);
  const { asked, answered, lost } = await load.end();
  expect(lost).toEqual([]);
  expect(answered).toEqual({ 200: asked });
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
  expect(service.stderr).toBe("");
  record("a full disk under the log", { requests: asked, lost: lost.length });
});

test("a reader of the log that is gone costs lines and no request", async () => {
  const { service, port, adminPort } = await startUnread();
  service.child.stdout?.destroy();
  const load = new Load(port, 16, LONG_PATH);
  await expect
    .poll(() => metric(adminPort, "log_lines_dropped_total"), { timeout: 40_000 })
    .toBeGreaterThan(100);
  const { asked, answered, lost } = await load.end();
  expect(lost).toEqual([]);
  expect(answered).toEqual({ 200: asked });
  expect(await sendRaw(adminPort, "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toContain(
    "200 OK",
  );
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
  record("a reader of the log that is gone", { requests: asked, lost: lost.length });
});
