import { readFile } from "node:fs/promises";
import type { LoadTool } from "../../../src/adapters/load-tool.ts";
import type { Contender } from "../contenders.ts";
import { CONNECTIONS, WARM_UP_SECONDS } from "../execute.ts";
import { LOAD_CORE, type Server, SERVER_CORE, startContender } from "../server.ts";
import { addRounds, type Comparison, type Pair, type Round } from "./rounds.ts";

/** Servers are restarted after so many rounds, because V8 optimizes each process a little differently. */
const ROUNDS_PER_START = 5;
/** Share of the servers' core that other processes may use during a round: it slows both servers alike. */
const MAX_OTHER_SHARE = 0.75;

export interface Tools {
  tool: LoadTool;
  rounds: number;
  /** Of each round. */
  seconds: number;
}

/** Compares two servers: first as many starts as rounds, then the rounds. */
export async function compare(contenders: Pair<Contender>, tools: Tools): Promise<Comparison> {
  const comparison: Comparison = { rounds: [], starts: [], repeated: 0 };
  for (let start = 0; start < tools.rounds; start++)
    comparison.starts.push(await both(contenders, measureStart));
  while (comparison.rounds.length < tools.rounds) {
    await using shipped = await startContender(contenders.shipped);
    await using library = await startContender(contenders.library);
    const servers = { shipped, library };
    await measureRound(servers, { ...tools, seconds: WARM_UP_SECONDS });
    const count = Math.min(ROUNDS_PER_START, tools.rounds - comparison.rounds.length);
    await addRounds(comparison, count, () => measureRound(servers, tools));
  }
  return comparison;
}

async function measureStart(contender: Contender): Promise<{ ms: number; MiB: number }> {
  await using server = await startContender(contender);
  return { ms: (await server.cpuSeconds()) * 1000, MiB: await server.memory() };
}

/**
 * Loads both servers at the same time. They share one core, and the scheduler switches between them every few ms, so that
 * whatever slows the machine slows both.
 */
async function measureRound(servers: Pair<Server>, { tool, seconds }: Tools): Promise<Round> {
  const before = await both(servers, (server) => server.cpuSeconds());
  const busyBefore = await busySeconds(SERVER_CORE);
  const load = { connections: CONNECTIONS, seconds, core: LOAD_CORE };
  const results = await both(servers, (server) => tool.load(server.url, load));
  const busy = (await busySeconds(SERVER_CORE)) - busyBefore;
  const after = await both(servers, (server) => server.cpuSeconds());
  const used = { shipped: after.shipped - before.shipped, library: after.library - before.library };
  return {
    shipped: (used.shipped * 1e6) / results.shipped.requests,
    library: (used.library * 1e6) / results.library.requests,
    quiet: busy - used.shipped - used.library < MAX_OTHER_SHARE * seconds,
  };
}

async function both<T, R>({ shipped, library }: Pair<T>, call: (each: T) => Promise<R>): Promise<Pair<R>> {
  const [first, second] = await Promise.all([call(shipped), call(library)]);
  return { shipped: first, library: second };
}

/** Time in which a core was busy, including the time that the hypervisor took. */
async function busySeconds(core: number): Promise<number> {
  const [, line = ""] = new RegExp(`^cpu${core} (.*)$`, "m").exec(await readFile("/proc/stat", "utf8")) ?? [];
  // user, nice, system, idle, iowait, irq, softirq, steal: in hundredths of a second
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(" ").map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}
