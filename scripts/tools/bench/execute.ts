import { setTimeout as pause } from "node:timers/promises";
import type { Load, LoadResult, LoadTool } from "../../src/adapters/load-tool.ts";
import { BARE_HTTP, type Contender, FRONTEND } from "./contenders.ts";
import { measureImage } from "./image.ts";
import type { Step } from "./plan.ts";
import { emptyResults, type Results, samplesOf } from "./results.ts";
import { LOAD_CORE, type Server, startContender } from "./server.ts";

/** V8 needs this time to optimize the services, which have more code than the bare servers. */
export const WARM_UP_SECONDS = 3;
/** Idle time before the memory is read. */
const IDLE_MS = 1000;
export const CONNECTIONS = 32;

export interface Tools {
  tool: LoadTool;
  /** Of each load. */
  seconds: number;
  progress: (line: string) => void;
}

/** Takes the measurements of a plan, one after the other. */
export async function execute(plan: readonly Step[], tools: Tools): Promise<Results> {
  const results = emptyResults();
  for (const [index, step] of plan.entries()) {
    tools.progress(`${index + 1}/${plan.length} ${step.title}`);
    await take(step, results, tools);
  }
  return results;
}

async function take(step: Step, results: Results, tools: Tools): Promise<void> {
  switch (step.kind) {
    case "compare":
      return compare(step.of, results, tools);
    case "grow":
      return void results.growth.push(await grow(step, tools));
    case "image":
      return void results.images.push(await measureImage(step.service, step.starts));
    case "soak":
      return void results.soaked.push(...(await soak(step, tools)));
  }
}

async function compare(of: Contender, results: Results, { tool, seconds }: Tools): Promise<void> {
  const samples = samplesOf(results, of);
  await using server = await startContender(of);
  await pause(IDLE_MS);
  samples.startMs.push(server.startMs);
  samples.idleMiB.push(await server.memory());
  const { requestsPerSecond } = await loaded(tool, server, { connections: CONNECTIONS, seconds });
  samples.requestsPerSecond.push(requestsPerSecond);
  if (of.hop) return;
  const rate = (samplesOf(results, BARE_HTTP).requestsPerSecond.at(-1) ?? 0) / 2;
  const { p99Ms } = await loaded(tool, server, { connections: CONNECTIONS, seconds, rate });
  samples.halfLoadP99Ms.push(p99Ms);
}

async function grow({ of, connections, delayMs }: Step & { kind: "grow" }, { tool, seconds }: Tools) {
  await using server = await startContender(of, delayMs);
  const result = await loaded(tool, server, { connections, seconds });
  return { of, connections, delayMs, ...result, MiB: await server.memory() };
}

async function soak({ minutes, connections }: Step & { kind: "soak" }, { tool, progress }: Tools) {
  await using server = await startContender(FRONTEND);
  const memory: number[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    await tool.load(server.url, { connections, seconds: 60, core: LOAD_CORE });
    memory.push(await server.memory());
    progress(`minute ${minute}: ${memory.at(-1)?.toFixed(0)} MiB`);
  }
  return memory;
}

async function loaded(tool: LoadTool, server: Server, load: Omit<Load, "core">): Promise<LoadResult> {
  await tool.load(server.url, { ...load, seconds: WARM_UP_SECONDS, core: LOAD_CORE });
  return await tool.load(server.url, { ...load, core: LOAD_CORE });
}
