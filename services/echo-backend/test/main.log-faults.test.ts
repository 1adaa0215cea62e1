import { existsSync } from "node:fs";
import { BUNDLES, freePort, get, Load, metric, record, ServiceProcess } from "@echo/kit/testing";
import { expect, test } from "vitest";

const MIB = 1024 * 1024;
/** So long that a few thousand lines exceed what the service keeps. */
const LONG_PATH = `/${"a".repeat(8000)}`;
/** The service must first fill its queue, which takes long on a busy machine. */
const QUEUE_FULL = { timeout: 120_000 };

const droppedLines = (adminPort: number) => metric(adminPort, "log_lines_dropped_total");

/** A service whose stdout is not read after the line with its ports. */
async function startUnread() {
  const service = new ServiceProcess(BUNDLES.blue, {}, { readStdout: false });
  return { service, ...(await service.portsUnread()) };
}

/** Runs a load until lines are dropped, and expects that every request succeeds. Returns the number of requests. */
async function expectNoneLost(port: number, adminPort: number): Promise<number> {
  const load = new Load(port, 16, { path: LONG_PATH });
  await expect.poll(() => droppedLines(adminPort), QUEUE_FULL).toBeGreaterThan(100);
  const { sent, responses, lost } = await load.end();
  expect(lost).toEqual([]);
  expect(responses).toEqual({ 200: sent });
  return sent;
}

async function expectCleanExit(service: ServiceProcess): Promise<void> {
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
  expect(service.stderr).toBe("");
}

test("a log without a reader costs lines but no request and little memory, and the log then tells how many", async () => {
  const { service, port, adminPort } = await startUnread();
  const memory = () => metric(adminPort, "process_resident_memory_bytes");
  const requests = await expectNoneLost(port, adminPort);

  const [linesBefore, memoryBefore] = [await droppedLines(adminPort), await memory()];
  const load = new Load(port, 16, { path: LONG_PATH });
  await expect.poll(() => droppedLines(adminPort), QUEUE_FULL).toBeGreaterThan(linesBefore + 16_000);
  await load.end();
  const lines = await droppedLines(adminPort);
  const growth = (await memory()) - memoryBefore;
  // The service did not keep the dropped lines. Half of their size is room for the garbage collector.
  expect(growth).toBeLessThan(((lines - linesBefore) * LONG_PATH.length) / 2);

  let log = "";
  service.child.stdout
    ?.setEncoding("utf8")
    .on("data", (text: string) => (log += text))
    .resume();
  await expect.poll(() => log, QUEUE_FULL).toContain("log lines were dropped");
  const line = log.split("\n").find((text) => text.includes("were dropped"));
  expect(JSON.parse(line ?? "")).toMatchObject({ level: "warn", lines: await droppedLines(adminPort) });
  record("a log without a reader", {
    requests: requests + load.tally.sent,
    lost: load.tally.lost.length,
    "lines dropped": lines,
    "MiB more": Math.round(growth / MIB),
  });
}, 300_000);

test.skipIf(!existsSync("/dev/full"))(
  "a full disk under the log costs lines but no request",
  async () => {
    const [port, adminPort] = [await freePort(), await freePort()];
    const env = { PORT: String(port), ADMIN_PORT: String(adminPort) };
    const service = new ServiceProcess(BUNDLES.blue, env, { shell: 'exec "$@" >/dev/full' });
    await expect.poll(() => metric(adminPort, "http_connections").catch(() => -1)).toBe(0);
    const requests = await expectNoneLost(port, adminPort);
    await expectCleanExit(service);
    record("a full disk under the log", { requests, lost: 0 });
  },
  150_000,
);

test("a reader of the log that exits costs lines but no request", async () => {
  const { service, port, adminPort } = await startUnread();
  service.child.stdout?.destroy();
  const requests = await expectNoneLost(port, adminPort);
  expect(await get(adminPort, "/readyz")).toContain("200 OK");
  await expectCleanExit(service);
  record("a reader of the log that exits", { requests, lost: 0 });
}, 150_000);
