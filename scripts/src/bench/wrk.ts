import { run } from "../adapters/command.ts";

/** What a load met. */
export interface LoadResult {
  requestsPerSecond: number;
  p99Ms: number;
}

export interface Load {
  connections: number;
  seconds: number;
  /** The core that the load is pinned to. */
  core: number;
  /** A pause of each connection between two requests, in ms, for a load below saturation. */
  pauseMs?: number;
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

/**
 * Loads a server with wrk.
 * @throws {Error} where any answer was not 2xx or a connection failed: such a run measures nothing
 */
export async function wrk(url: string, { connections, seconds, core, pauseMs }: Load): Promise<LoadResult> {
  const pinned = ["-c", String(core), "wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--latency"];
  const script = pauseMs === undefined ? [] : ["-s", "/dev/stdin"];
  const output = await run("taskset", [...pinned, ...script, url], {
    input: `function delay() return ${pauseMs ?? 0} end`,
  });
  return parseWrk(output);
}

/** Reads wrk's report. */
export function parseWrk(output: string): LoadResult {
  const failed = /^\s*(?:Non-2xx|Socket errors).*$/m.exec(output)?.[0].trim();
  if (failed !== undefined) throw new Error(`the load met failures: ${failed}`);
  const [, rate] = /^Requests\/sec:\s+([\d.]+)$/m.exec(output) ?? [];
  const [, value, unit = ""] = /^\s+99%\s+([\d.]+)(us|ms|s)$/m.exec(output) ?? [];
  const p99Ms = Number(value) * (UNITS[unit] ?? Number.NaN);
  if (!(Number(rate) > 0 && p99Ms > 0)) throw new Error(`this is no report of wrk's:\n${output}`);
  return { requestsPerSecond: Number(rate), p99Ms };
}
