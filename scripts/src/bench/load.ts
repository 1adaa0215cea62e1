import { CommandError, run } from "../adapters/command.ts";
import { autocannon } from "./autocannon.ts";
import { wrk } from "./wrk.ts";

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
  /** Requests per second of all connections together, for a load below saturation. */
  rate?: number;
}

/** A program that loads a server over connections that are kept. */
export interface LoadTool {
  name: string;
  /** What it cannot measure; shown beside its results. */
  limits?: string;
  /** @throws {Error} where an answer was not 2xx or a connection failed: such a run measures nothing */
  load(url: string, load: Load): Promise<LoadResult>;
}

/** wrk, or autocannon where that is not installed. */
export async function findLoadTool(): Promise<LoadTool> {
  return (await isInstalled("wrk")) ? wrk : autocannon;
}

/** Whether a tool can be started, whatever it then says. */
export async function isInstalled(tool: string): Promise<boolean> {
  try {
    await run(tool, ["--version"]);
    return true;
  } catch (error) {
    // wrk ends with 1 whenever it only says what it is.
    return error instanceof CommandError && !error.missing;
  }
}
