import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { watch } from "../../src/observe/watch.ts";
import { CONTEXT } from "../support/context.ts";
import { startService } from "../support/service.ts";

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text).trim()) > 0);
  onTestFinished(() => void vi.restoreAllMocks());
});

const GREEN = { "x-echo-color": "blue", "x-echo-backend-color": "green" };
const BODY = '{"backend":"12.0","version":"2.0"}';

/** Watches a URL as `pnpm watch --local` does, until a number of lines was printed. */
async function watchLines(url: string, count: number, json = true): Promise<string[]> {
  const interrupted = new AbortController();
  const watching = watch(url, { local: true, json }, { ...CONTEXT, signal: interrupted.signal });
  await expect.poll(() => lines.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
  interrupted.abort();
  await watching;
  return lines;
}

test("shows who responds, and a summary after the interruption", async () => {
  const url = await startService((_request, response) => response.writeHead(200, GREEN).end(`${BODY}\n`));
  const [first = "", second = "", ...rest] = await watchLines(url, 2);
  const response = { body: BODY, status: 200, backend: "12.0", color: "green" };
  expect([JSON.parse(first), JSON.parse(second)]).toMatchObject([response, response]);
  expect(JSON.parse(rest.at(-1) ?? "")).toMatchObject({ versions: { "12.0": 1 }, statuses: { 200: 1 } });
});

test("each request has its own connection", async () => {
  const ports = new Set<number | undefined>();
  const url = await startService(({ socket }, response) => {
    ports.add(socket.remotePort);
    response.end(BODY);
  });
  await watchLines(url, 2);
  expect(ports.size).toBeGreaterThanOrEqual(2);
});

test("goes on without a response", async () => {
  const url = await startService((request) => void request.socket.destroy());
  const [first, second] = await watchLines(url, 2, false);
  expect(first).toMatch(/^no response {3}no response 100% \| 0 100% \| 1 requests$/);
  expect(second).toMatch(/2 requests$/);
});

test("a response cannot send control characters to the terminal, nor lines of its own", async () => {
  const url = await startService((_request, response) => void response.end("a\u001B[2J\nb\u009B"));
  const [first] = await watchLines(url, 1, false);
  expect(first).toMatch(/^a\[2J b {3}/);
});

test("a terminal names a frontend that hangs", async () => {
  let requests = 0;
  const url = await startService((_request, response) => {
    if (++requests === 1) response.end(BODY);
  });
  const interrupted = new AbortController();
  const context = { ...CONTEXT, live: true, signal: interrupted.signal };
  const watching = watch(url, { local: true }, context);
  await expect.poll(() => lines.at(-1), { timeout: 30_000 }).toMatch(/No response for \d s/);
  interrupted.abort();
  await watching;
  expect(lines.join("\n")).toContain("12.0");
});
