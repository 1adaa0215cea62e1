import { run } from "./command.ts";
import { LOAD_CORE, pinned } from "./taskset.ts";

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
/** Leaves time to reconnect if a server does not accept 4096 connections at once. */
const TIMEOUT = "10s";

/** The result of a load at saturation. */
export interface WrkReport {
  requests: number;
  requestsPerSecond: number;
  /** A connection sends a request only after its last response, so a slow server gets fewer requests. */
  p99Ms: number;
  /** Responses that are not 2xx. */
  rejected: number;
}

interface WrkOptions {
  connections: number;
  seconds: number;
  /** The bytes of an extra header. Default: none. */
  headerBytes?: number;
}

/**
 * Sends as many requests as possible over keep-alive connections, from the core of the load.
 * @throws {CommandError} if wrk fails
 * @throws {Error} if a connection fails, because such a run measures nothing
 */
export async function wrk(
  url: string,
  { connections, seconds, headerBytes = 0 }: WrkOptions,
): Promise<WrkReport> {
  const flags = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "--timeout", TIMEOUT];
  const header = headerBytes > 0 ? ["--header", `x-extra: ${"x".repeat(headerBytes)}`] : [];
  return parseWrk(await run(...pinned(LOAD_CORE, "wrk", ...flags, ...header, url)));
}

/** @throws {Error} if the output reports failed connections or is not a report */
export function parseWrk(output: string): WrkReport {
  const failed = /^\s*Socket errors.*$/m.exec(output)?.[0].trim();
  if (failed !== undefined) throw new Error(`Requests failed under load: ${failed}`);
  const rejected = Number(/^\s*Non-2xx or 3xx responses: (\d+)$/m.exec(output)?.[1] ?? 0);
  const requests = Number(/^\s+(\d+) requests in /m.exec(output)?.[1]);
  const requestsPerSecond = Number(/^Requests\/sec:\s+([\d.]+)$/m.exec(output)?.[1]);
  const [, value, unit = ""] = /^\s+99%\s+([\d.]+)(us|ms|s) *$/m.exec(output) ?? [];
  const p99Ms = Number(value) * (UNITS[unit] ?? Number.NaN);
  if (!(requests > 0 && requestsPerSecond > 0 && p99Ms > 0))
    throw new Error(`Invalid report of wrk: expected requests, a rate and a p99.\n${output}`);
  return { requests, requestsPerSecond, p99Ms, rejected };
}
