import { randomInt } from "node:crypto";
import { connect } from "node:net";
import * as fc from "fast-check";
import { expect } from "vitest";
import { connectionInput } from "./fuzz-cases.ts";
import { metric } from "./metrics.ts";
import type { ServiceProcess } from "./process.ts";
import { get } from "./raw.ts";
import { record } from "./record.ts";

/** Concurrent connections. */
const CONNECTIONS = 64;
/** Cases that are generated at a time. */
const BATCH = 1000;
/** After this silence, the server waits for the rest of a request, and the connection is closed. In ms. */
const SILENCE_MS = 50;

/** Sends one input, and returns the response up to the close by either side. */
function exchange(port: number, input: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let received = "";
  const socket = connect(port, "127.0.0.1").setEncoding("latin1").setNoDelay();
  socket.setTimeout(SILENCE_MS, () => socket.destroy());
  socket.on("data", (data: string) => (received += data));
  socket.on("error", () => undefined);
  socket.on("close", () => resolve(received));
  socket.write(input, "latin1");
  return promise;
}

/** Text that would tell an attacker about the code. */
const LEAK = /\bat [\w.<>]+ \(|node:[a-z_/]+:\d|\.mjs|\.ts:|node_modules|Error:/;
const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) /gm;

function problemIn(response: string, counts: Map<number, number>): string | undefined {
  for (const [, code] of response.matchAll(STATUS_LINE)) {
    const status = Number(code);
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (status >= 500) return `status ${status}`;
  }
  if (response !== "" && !response.startsWith("HTTP/1.1 ")) return "not HTTP";
  return LEAK.test(response) || response.includes(process.cwd()) ? "a leak" : undefined;
}

/**
 * Sends `cases` inputs to a running service. Expects no 5xx, nothing about the code in a response, and a service that works
 * afterwards. The environment variable FUZZ_SEED repeats a run.
 * @returns the number of responses with each status
 */
export async function fuzz(
  service: ServiceProcess,
  cases: number,
): Promise<Readonly<Record<number, number>>> {
  const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
  const { port, adminPort } = await service.ports();
  const counts = new Map<number, number>();
  process.stdout.write(`FUZZ_SEED=${seed}\n`);
  for (let done = 0; done < cases; done += BATCH) {
    const inputs = fc.sample(connectionInput, { seed: seed + done, numRuns: Math.min(BATCH, cases - done) });
    const worker = async () => {
      for (let input = inputs.pop(); input !== undefined; input = inputs.pop()) {
        const response = await exchange(port, input);
        const problem = problemIn(response, counts);
        if (problem !== undefined)
          expect.fail(
            `FUZZ_SEED=${seed}: ${problem} for ${JSON.stringify(input)}: ${JSON.stringify(response)}`,
          );
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  }
  await expectHealthy(service, { port, adminPort });
  record(`fuzz of seed ${seed}`, { cases, ...Object.fromEntries(counts) });
  return Object.fromEntries(counts);
}

async function expectHealthy(
  service: ServiceProcess,
  { port, adminPort }: { port: number; adminPort: number },
) {
  // The service may close a connection only after its time limit for headers.
  await expect.poll(() => metric(adminPort, "http_connections"), { timeout: 60_000 }).toBe(0);
  expect(await metric(adminPort, "http_requests_in_flight")).toBe(0);
  expect(await get(port, "/last")).toMatch(/^HTTP\/1\.1 200 /);
  await service.logged(/"url":"\/last"/);
  expect(service.child.exitCode).toBeNull();
  expect(service.stderr).toBe("");
  const lines = service.stdout.trimEnd().split("\n");
  for (const line of lines)
    expect(Object.keys(JSON.parse(line)).slice(0, 4)).toEqual(["level", "time", "service", "version"]);
  const logged = lines.filter((line) => line.includes('"status":')).length;
  expect(await metric(adminPort, "http_request_duration_seconds_count")).toBe(logged);
}
