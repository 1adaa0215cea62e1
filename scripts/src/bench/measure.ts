import { setTimeout as pause } from "node:timers/promises";
import { BACKEND, BARE_HTTP, CONTENDERS, type Contender, FRONTEND } from "./contenders.ts";
import type { Load, LoadResult, LoadTool } from "./load.ts";
import { LOAD_CORE, type Server, SERVER_CORE, startServer } from "./server.ts";

/** Until V8 has optimized what there is to optimize: the services have more of it than the bare servers. */
const WARM_UP_SECONDS = 3;
/** How long a server is left alone before its idle memory is read. */
const IDLE_MS = 1000;
const CONNECTIONS = 32;

/** What was measured of one contender, a value for each round. */
export interface Samples {
  requestsPerSecond: number[];
  startMs: number[];
  idleMiB: number[];
  /** At half of what bare node:http answers at most, so at the same rate for all. */
  halfLoadP99Ms: number[];
}

export type Measured = ReadonlyMap<Contender, Samples>;

export interface Rounds {
  rounds: number;
  /** Of each load. */
  seconds: number;
  tool: LoadTool;
  progress: (line: string) => void;
}

/** Measures all contenders one after the other, round by round, so that what slows the machine meets all of them. */
export async function measureAll({ rounds, seconds, tool, progress }: Rounds): Promise<Measured> {
  const measured = new Map(CONTENDERS.map((contender) => [contender, emptySamples()]));
  let half = 0;
  for (let round = 1; round <= rounds; round++)
    for (const [contender, samples] of measured) {
      progress(`round ${round} of ${rounds}: ${contender.name}`);
      await withServer(contender, async (server) => {
        await pause(IDLE_MS);
        samples.startMs.push(server.startMs);
        samples.idleMiB.push(await server.memory());
        const { requestsPerSecond } = await loaded(tool, server, { connections: CONNECTIONS, seconds });
        samples.requestsPerSecond.push(requestsPerSecond);
        if (contender === BARE_HTTP) half = requestsPerSecond / 2;
        if (contender.hop) return;
        const { p99Ms } = await loaded(tool, server, { connections: CONNECTIONS, seconds, rate: half });
        samples.halfLoadP99Ms.push(p99Ms);
      });
    }
  return measured;
}

/** How a service did with so many connections and, where it asks one, a backend that slow. */
export interface Grown extends LoadResult {
  of: Contender;
  connections: number;
  delayMs: number;
  MiB: number;
}

/** How the services do with more connections, and the frontend with a slower backend. */
export async function measureGrowth({ seconds, tool, progress }: Omit<Rounds, "rounds">): Promise<Grown[]> {
  const sizes = [1, 32, 256, 1024];
  const cases = [
    ...sizes.map((connections) => ({ of: BACKEND, connections, delayMs: 0 })),
    ...sizes.map((connections) => ({ of: FRONTEND, connections, delayMs: 0 })),
    ...[5, 50].map((delayMs) => ({ of: FRONTEND, connections: 256, delayMs })),
  ];
  const grown: Grown[] = [];
  for (const { of, connections, delayMs } of cases) {
    progress(`${of.name} with ${connections} connections, backend ${delayMs} ms`);
    await withServer(
      of,
      async (server) => {
        const result = await loaded(tool, server, { connections, seconds });
        grown.push({ of, connections, delayMs, ...result, MiB: await server.memory() });
      },
      delayMs,
    );
  }
  return grown;
}

/** The frontend's memory in MiB at the end of each minute under load. */
export function soak(
  minutes: number,
  { tool, progress }: Pick<Rounds, "tool" | "progress">,
): Promise<number[]> {
  return withServer(FRONTEND, async (server) => {
    const memory: number[] = [];
    for (let minute = 1; minute <= minutes; minute++) {
      await tool.load(server.url, { connections: 256, seconds: 60, core: LOAD_CORE });
      memory.push(await server.memory());
      progress(`minute ${minute}: ${memory.at(-1)?.toFixed(0)} MiB`);
    }
    return memory;
  });
}

async function loaded(tool: LoadTool, server: Server, load: Omit<Load, "core">): Promise<LoadResult> {
  await tool.load(server.url, { ...load, seconds: WARM_UP_SECONDS, core: LOAD_CORE });
  return await tool.load(server.url, { ...load, core: LOAD_CORE });
}

/** Runs a contender alone on its core; the backend that a hop asks shares the load's. */
async function withServer<T>(
  contender: Contender,
  use: (server: Server) => Promise<T>,
  backendDelayMs = 0,
): Promise<T> {
  await using backend = contender.hop
    ? await startServer(BARE_HTTP, LOAD_CORE, { DELAY_MS: String(backendDelayMs) })
    : undefined;
  const env = backend ? { BACKEND: backend.url } : {};
  await using server = await startServer(contender, SERVER_CORE, env);
  return await use(server);
}

function emptySamples(): Samples {
  return { requestsPerSecond: [], startMs: [], idleMiB: [], halfLoadP99Ms: [] };
}
