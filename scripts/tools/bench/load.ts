import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { parseJson, run } from "../../src/adapters/command.ts";
import { LOAD_CORE, pinned } from "../../src/adapters/taskset.ts";
import { wrk } from "../../src/adapters/wrk.ts";

const OPEN_LOAD = fileURLToPath(new URL("open-load.ts", import.meta.url));
export const CONNECTIONS = 32;
/** Enough that a request at a fixed rate finds a free connection, also if the server pauses for some ms. */
const OPEN_CONNECTIONS = 64;

const OpenLoadReport = v.object({
  requests: v.number(),
  p50Ms: v.number(),
  p99Ms: v.number(),
  p999Ms: v.number(),
  p99MsOfSeconds: v.array(v.number()),
});

/** What a load measured. The latencies count from the time at which a request was due. */
export type OpenLoadReport = v.InferOutput<typeof OpenLoadReport>;

/** The rate at which the latency has a promise. */
export const LATENCY_RATE = 8000;

/** Requests per second from many clients that do not wait for each other, or as many as 32 connections can send. */
export type Rate = number | "saturation";

/** Sends requests at a fixed mean rate. @throws {CommandError} if a response is not 200, or takes more than 10 s */
export async function openLoad(url: string, rate: number, seconds: number): Promise<OpenLoadReport> {
  const words = [OPEN_LOAD, url, OPEN_CONNECTIONS, seconds, rate].map(String);
  const output = await run(...pinned(LOAD_CORE, process.execPath, ...words));
  return parseJson("the open load", OpenLoadReport, output);
}

/** Loads a server. At saturation there are no latencies, because they would be those of the connections' own queue. */
export async function load(url: string, rate: Rate, seconds: number) {
  if (rate !== "saturation") return await openLoad(url, rate, seconds);
  const { requests, rejected } = await wrk(url, { connections: CONNECTIONS, seconds });
  if (rejected > 0)
    throw new Error(`Requests failed under load: ${rejected} responses of ${url} are not 2xx`);
  return { requests, p50Ms: Number.NaN, p99Ms: Number.NaN, p999Ms: Number.NaN };
}
