import { readFile } from "node:fs/promises";
import type { LoadTool } from "../../../src/adapters/load-tool.ts";
import { BARE_HTTP, type Contender } from "../contenders.ts";
import { CONNECTIONS, WARM_UP_SECONDS } from "../execute.ts";
import { LOAD_CORE, type Server, SERVER_CORE, startServer } from "../server.ts";
import { addRounds, type Comparison, type Sample } from "./rounds.ts";

/** Servers are restarted after so many rounds, because V8 optimizes each process a little differently. */
const ROUNDS_PER_START = 5;
/** Share of the server's core that other processes may use during a load. */
const MAX_OTHER_SHARE = 0.05;

export interface Tools {
  tool: LoadTool;
  rounds: number;
  /** Of each load. */
  seconds: number;
}

/** Compares the CPU time per request of two servers, round by round. */
export async function compare(
  contenders: { shipped: Contender; library: Contender },
  { tool, rounds, seconds }: Tools,
): Promise<Comparison> {
  const comparison: Comparison = { rounds: [], starts: [], memory: [], repeated: 0 };
  await using backend = contenders.shipped.hop ? await startServer(BARE_HTTP, LOAD_CORE, {}) : undefined;
  const env = backend ? { BACKEND: backend.url } : {};
  while (comparison.rounds.length < rounds) {
    await using shipped = await startServer(contenders.shipped, SERVER_CORE, env);
    await using library = await startServer(contenders.library, SERVER_CORE, env);
    comparison.starts.push({ shipped: await startMs(shipped), library: await startMs(library) });
    comparison.memory.push({ shipped: await shipped.memory(), library: await library.memory() });
    for (const server of [shipped, library]) await sample(server, tool, WARM_UP_SECONDS);
    await addRounds(comparison, Math.min(ROUNDS_PER_START, rounds - comparison.rounds.length), {
      shipped: () => sample(shipped, tool, seconds),
      library: () => sample(library, tool, seconds),
    });
  }
  return comparison;
}

/** CPU time that a server has used up to its first response. */
async function startMs(server: Server): Promise<number> {
  return (await server.cpuSeconds()) * 1000;
}

async function sample(server: Server, tool: LoadTool, seconds: number): Promise<Sample> {
  const before = { server: await server.cpuSeconds(), core: await busySeconds(SERVER_CORE) };
  const load = { connections: CONNECTIONS, seconds, core: LOAD_CORE };
  const { requests } = await tool.load(server.url, load);
  const used = (await server.cpuSeconds()) - before.server;
  const others = (await busySeconds(SERVER_CORE)) - before.core - used;
  return { microseconds: (used * 1e6) / requests, quiet: others < MAX_OTHER_SHARE * seconds };
}

/** Time in which a core was busy, including the time that the hypervisor took. */
async function busySeconds(core: number): Promise<number> {
  const [, line = ""] = new RegExp(`^cpu${core} (.*)$`, "m").exec(await readFile("/proc/stat", "utf8")) ?? [];
  // user, nice, system, idle, iowait, irq, softirq, steal: in hundredths of a second
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(" ").map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}
