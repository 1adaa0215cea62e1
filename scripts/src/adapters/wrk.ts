import { run } from "./command.ts";
import type { LoadResult, LoadTool } from "./load-tool.ts";
import { LOAD_CORE, pinned } from "./taskset.ts";

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
/** Between two requests of a connection if the rate is limited, in ms. */
const PAUSE_MS = 2;
/** Leaves time to reconnect if a server does not accept 1024 connections at once. */
const TIMEOUT = "10s";

export const wrk: LoadTool = {
  name: "wrk",
  async load(url, { connections, seconds, rate }) {
    // wrk cannot limit its rate. Instead, each connection pauses between its requests.
    const parallel = rate === undefined ? connections : Math.round((rate * PAUSE_MS) / 1000);
    const flags = ["-t1", `-c${parallel}`, `-d${seconds}s`, "--latency", "--timeout", TIMEOUT];
    const script = rate === undefined ? [] : ["-s", "/dev/stdin"];
    const output = await run(...pinned(LOAD_CORE, "wrk", ...flags, ...script, url), {
      input: `function delay() return ${PAUSE_MS} end`,
    });
    return parseWrk(output);
  },
};

/** @throws {Error} if the output reports failures or is not a report */
export function parseWrk(output: string): LoadResult {
  const failed = /^\s*(?:Non-2xx|Socket errors).*$/m.exec(output)?.[0].trim();
  if (failed !== undefined) throw new Error(`Requests failed under load: ${failed}`);
  const requests = Number(/^\s+(\d+) requests in /m.exec(output)?.[1]);
  const requestsPerSecond = Number(/^Requests\/sec:\s+([\d.]+)$/m.exec(output)?.[1]);
  const [, value, unit = ""] = /^\s+99%\s+([\d.]+)(us|ms|s) *$/m.exec(output) ?? [];
  const p99Ms = Number(value) * (UNITS[unit] ?? Number.NaN);
  if (!(requests > 0 && requestsPerSecond > 0 && p99Ms > 0))
    throw new Error(`Invalid report of wrk: expected requests, a rate and a p99.\n${output}`);
  return { requests, requestsPerSecond, p99Ms };
}
