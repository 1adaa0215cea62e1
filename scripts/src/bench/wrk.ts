import { run } from "../adapters/command.ts";
import type { Load, LoadResult, LoadTool } from "./load.ts";

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
/** Between two requests of a connection, where the rate is limited, in ms. */
const PAUSE_MS = 2;
/** Longer than it takes to connect once more, where a server has not accepted 1024 connections at once. */
const TIMEOUT = "10s";

export const wrk: LoadTool = {
  name: "wrk",
  async load(url, { connections, seconds, core, rate }: Load) {
    // wrk has no rate of its own: as many connections as give it, each of which pauses between its requests.
    const atOnce = rate === undefined ? connections : Math.round((rate * PAUSE_MS) / 1000);
    const pinned = [
      "-c",
      String(core),
      "wrk",
      "-t1",
      `-c${atOnce}`,
      `-d${seconds}s`,
      "--latency",
      "--timeout",
      TIMEOUT,
    ];
    const script = rate === undefined ? [] : ["-s", "/dev/stdin"];
    const output = await run("taskset", [...pinned, ...script, url], {
      input: `function delay() return ${PAUSE_MS} end`,
    });
    return parseWrk(output);
  },
};

/**
 * Reads wrk's report.
 * @throws {Error} where it tells of failures, or is none
 */
export function parseWrk(output: string): LoadResult {
  const failed = /^\s*(?:Non-2xx|Socket errors).*$/m.exec(output)?.[0].trim();
  if (failed !== undefined) throw new Error(`the load met failures: ${failed}`);
  const [, rate] = /^Requests\/sec:\s+([\d.]+)$/m.exec(output) ?? [];
  const [, value, unit = ""] = /^\s+99%\s+([\d.]+)(us|ms|s) *$/m.exec(output) ?? [];
  const p99Ms = Number(value) * (UNITS[unit] ?? Number.NaN);
  if (!(Number(rate) > 0 && p99Ms > 0)) throw new Error(`this is no report of wrk's:\n${output}`);
  return { requestsPerSecond: Number(rate), p99Ms };
}
