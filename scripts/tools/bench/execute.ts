import { setTimeout as pause } from "node:timers/promises";
import type { Load, LoadResult, LoadTool } from "../../src/adapters/load-tool.ts";
import { BARE_HTTP, type Contender, FRONTEND } from "./contenders.ts";
import { type ImageResult, measureImage } from "./image.ts";
import type { Step } from "./plan.ts";
import { type Server, startContender } from "./server.ts";

/** V8 needs this time to optimize the services, which have more code than the bare servers. */
export const WARM_UP_SECONDS = 3;
export const CONNECTIONS = 32;
/** Idle time before the memory is read. */
const IDLE_MS = 1000;

/** Everything that a run measured. */
export interface Results {
  /** By the name of the server. */
  measured: Record<string, Samples>;
  /** One service with a number of connections and, for the frontend, a backend with a delay. */
  growth: (LoadResult & { server: string; connections: number; delayMs: number; MiB: number })[];
  /** Empty without docker. */
  images: ImageResult[];
  /** The frontend's memory in MiB at the end of each minute of the soak; empty without one. */
  soaked: number[];
}

/** The values of one server, one per round. The p99 is at half of the highest rate of bare node:http. */
export type Samples = Record<"requestsPerSecond" | "startMs" | "idleMiB" | "halfLoadP99Ms", number[]>;

/** Takes the measurements of a plan, one after the other. Each load takes `seconds`. */
export async function execute(plan: readonly Step[], tool: LoadTool, seconds: number): Promise<Results> {
  const results: Results = { measured: {}, growth: [], images: [], soaked: [] };
  for (const [index, step] of plan.entries()) {
    progress(`${index + 1}/${plan.length} ${step.title}`);
    if (step.kind === "compare") await compare(step.of, results, tool, seconds);
    else if (step.kind === "grow") results.growth.push(await grow(step, tool, seconds));
    else if (step.kind === "image") results.images.push(await measureImage(step.service, step.starts));
    else results.soaked.push(...(await soak(step, tool)));
  }
  return results;
}

/** Prints progress to stderr, so that stdout has the results alone. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function compare(of: Contender, { measured }: Results, tool: LoadTool, seconds: number): Promise<void> {
  const empty: Samples = { requestsPerSecond: [], startMs: [], idleMiB: [], halfLoadP99Ms: [] };
  const samples = (measured[of.name] ??= empty);
  await using server = await startContender(of);
  await pause(IDLE_MS);
  samples.startMs.push(server.startMs);
  samples.idleMiB.push(await server.memory());
  const { requestsPerSecond } = await loaded(tool, server, { connections: CONNECTIONS, seconds });
  samples.requestsPerSecond.push(requestsPerSecond);
  if (of.hop) return;
  const rate = (measured[BARE_HTTP.name]?.requestsPerSecond.at(-1) ?? 0) / 2;
  const { p99Ms } = await loaded(tool, server, { connections: CONNECTIONS, seconds, rate });
  samples.halfLoadP99Ms.push(p99Ms);
}

async function grow(step: Step & { kind: "grow" }, tool: LoadTool, seconds: number) {
  const { of, connections, delayMs } = step;
  await using server = await startContender(of, delayMs);
  const result = await loaded(tool, server, { connections, seconds });
  return { server: of.name, connections, delayMs, ...result, MiB: await server.memory() };
}

async function soak({ minutes, connections }: Step & { kind: "soak" }, tool: LoadTool) {
  await using server = await startContender(FRONTEND);
  const memory: number[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    await tool.load(server.url, { connections, seconds: 60 });
    memory.push(await server.memory());
    progress(`minute ${minute}: ${memory.at(-1)?.toFixed(0)} MiB`);
  }
  return memory;
}

async function loaded(tool: LoadTool, server: Server, load: Load): Promise<LoadResult> {
  await tool.load(server.url, { ...load, seconds: WARM_UP_SECONDS });
  return await tool.load(server.url, load);
}
