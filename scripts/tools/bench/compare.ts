import { readFile } from "node:fs/promises";
import type { LoadTool } from "../../src/adapters/load-tool.ts";
import { SERVER_CORE } from "../../src/adapters/taskset.ts";
import { UserError } from "../../src/lib/errors.ts";
import type { Contender } from "./contenders.ts";
import { CONNECTIONS, WARM_UP_SECONDS } from "./execute.ts";
import { type Server, startContender } from "./server.ts";

/** Servers are restarted after so many rounds, because V8 optimizes each process a little differently. */
const ROUNDS_PER_START = 5;
/** Share of the servers' core that other processes may use during a round: it slows both servers alike. */
const MAX_OTHER_SHARE = 0.75;
/** A round is repeated so many times on average before the machine counts as too busy to measure. */
const MAX_REPEATS_PER_ROUND = 3;

/** The same of both servers: as shipped, and with the library call. */
export interface Pair<T> {
  shipped: T;
  library: T;
}

export interface Comparison {
  /** CPU time per request in each round, in µs. */
  rounds: Pair<number>[];
  /** CPU time of each start, and memory after it. */
  starts: Pair<{ ms: number; MiB: number }>[];
  /** Rounds that were measured again because other processes used the core. */
  repeated: number;
}

/** Compares two servers: first as many starts as rounds, then the rounds of `seconds` each. */
export async function compare(
  contenders: Pair<Contender>,
  tool: LoadTool,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Comparison> {
  const comparison: Comparison = { rounds: [], starts: [], repeated: 0 };
  for (let start = 0; start < rounds; start++) comparison.starts.push(await both(contenders, measureStart));
  while (comparison.rounds.length < rounds) {
    await using shipped = await startContender(contenders.shipped);
    await using library = await startContender(contenders.library);
    const servers = { shipped, library };
    await measureRound(servers, tool, WARM_UP_SECONDS);
    const upTo = Math.min(comparison.rounds.length + ROUNDS_PER_START, rounds);
    await addRounds(comparison, upTo, () => measureRound(servers, tool, seconds));
  }
  return comparison;
}

/**
 * Adds rounds to a comparison until it has `wanted` ones. It repeats a round for which `measure` returns nothing.
 * @throws {UserError} if too many rounds have to be repeated
 */
export async function addRounds(
  comparison: Comparison,
  wanted: number,
  measure: () => Promise<Pair<number> | undefined>,
): Promise<void> {
  while (comparison.rounds.length < wanted) {
    const round = await measure();
    if (round) comparison.rounds.push(round);
    else if (++comparison.repeated > wanted * MAX_REPEATS_PER_ROUND)
      throw new UserError(
        `Machine too busy: other processes used the servers' core in ${comparison.repeated} rounds. Stop them and run again.`,
      );
  }
}

async function measureStart(contender: Contender) {
  await using server = await startContender(contender);
  return { ms: (await server.cpuSeconds()) * 1000, MiB: await server.memory() };
}

/**
 * Loads both servers at the same time. They share one core, and the scheduler switches between them every few ms, so that
 * whatever slows the machine slows both.
 * @returns undefined if other processes used too much of the core
 */
async function measureRound(servers: Pair<Server>, tool: LoadTool, seconds: number) {
  const load = { connections: CONNECTIONS, seconds };
  const busyBefore = await busySeconds(SERVER_CORE);
  const { shipped, library } = await both(servers, async (server) => {
    const before = await server.cpuSeconds();
    const { requests } = await tool.load(server.url, load);
    const used = (await server.cpuSeconds()) - before;
    return { used, perRequest: (used * 1e6) / requests };
  });
  const others = (await busySeconds(SERVER_CORE)) - busyBefore - shipped.used - library.used;
  if (others > MAX_OTHER_SHARE * seconds) return undefined;
  return { shipped: shipped.perRequest, library: library.perRequest };
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
