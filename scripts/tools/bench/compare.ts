import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../../src/lib/errors.ts";
import type { Contender } from "./contenders.ts";
import { busySeconds, ownSeconds } from "./cpu.ts";
import { LATENCY_RATE, load, type Rate } from "./load.ts";
import { type Server, startContender } from "./server.ts";

/** V8 needs this time to optimize the services, which have more code than the bare servers. */
const WARM_UP_SECONDS = 5;
/** Servers are restarted after so many rounds, because V8 optimizes each process a little differently. */
const ROUNDS_PER_START = 5;
/** The rate whose latency has a promise gets so many times as many rounds, because a p99 varies more than CPU time. */
const LATENCY_ROUNDS = 3;
/** Share of the two cores that other processes may use during a round. One busy process uses a half. */
const MAX_OTHERS_SHARE = 0.75;
/** A round is repeated so many times on average before the machine counts as too busy to measure. */
const MAX_REPEATS_PER_ROUND = 3;

/** The same of two servers that are compared. */
export interface Pair<T> {
  ours: T;
  theirs: T;
}

/** One server in one round. */
export interface Sample {
  /** CPU time per request, in µs. */
  microseconds: number;
  requestsPerSecond: number;
  /** From the time at which a request was due; NaN at saturation. */
  p50Ms: number;
  p99Ms: number;
  p999Ms: number;
}

/** Two servers at one rate. */
export interface Comparison {
  rate: Rate;
  rounds: Pair<Sample>[];
  /** The share of the two cores that other processes took in each round. */
  others: number[];
  /** Rounds that were measured again because other processes took too much. */
  repeated: number;
}

/** One measured round. */
interface Round {
  samples: Pair<Sample>;
  others: number;
}

/** Compares two servers at each of some rates, in rounds of `seconds` each. */
export async function compare(
  contenders: Pair<Contender>,
  rates: readonly Rate[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Comparison[]> {
  const comparisons = rates.map((rate): Comparison => ({ rate, rounds: [], others: [], repeated: 0 }));
  for (let done = 0; done < rounds; done += ROUNDS_PER_START) {
    await using ours = await startContender(contenders.ours);
    await using theirs = await startContender(contenders.theirs);
    const servers = { ours, theirs };
    await measureRound(servers, "saturation", WARM_UP_SECONDS);
    const upTo = Math.min(done + ROUNDS_PER_START, rounds);
    for (const comparison of comparisons) {
      const { rate } = comparison;
      const wanted = rate === LATENCY_RATE ? upTo * LATENCY_ROUNDS : upTo;
      await addRounds(comparison, wanted, () => measureRound(servers, rate, seconds));
    }
  }
  return comparisons;
}

/**
 * Adds rounds to a comparison until it has `wanted` ones. It repeats a round in which other processes took too much.
 * @throws {UserError} if too many rounds have to be repeated
 */
export async function addRounds(
  comparison: Comparison,
  wanted: number,
  measure: () => Promise<Round>,
): Promise<void> {
  while (comparison.rounds.length < wanted) {
    const { samples, others } = await measure();
    if (others <= MAX_OTHERS_SHARE) {
      comparison.rounds.push(samples);
      comparison.others.push(others);
    } else if (++comparison.repeated > wanted * MAX_REPEATS_PER_ROUND)
      throw new UserError(
        `Machine too busy: in ${comparison.repeated} rounds, other processes took more than ${MAX_OTHERS_SHARE * 100} % of the ` +
          "two cores. Stop them and run again.",
      );
  }
}

/** CPU time in ms and memory in MiB of so many starts. Memory is read after an idle time. */
export async function compareStarts(
  contenders: Pair<Contender>,
  count: number,
  idleMs: number,
): Promise<Pair<{ ms: number; MiB: number }>[]> {
  const starts: Pair<{ ms: number; MiB: number }>[] = [];
  while (starts.length < count) {
    const start = await both(contenders, async (contender) => {
      await using server = await startContender(contender);
      const ms = (await server.cpuSeconds()) * 1000;
      await pause(idleMs);
      return { ms, MiB: await server.memory() };
    });
    starts.push(start);
  }
  return starts;
}

/**
 * Loads both servers at the same time. They share one core, and the scheduler switches between them every few ms, so that
 * whatever slows the machine slows both.
 */
async function measureRound(servers: Pair<Server>, rate: Rate, seconds: number): Promise<Round> {
  const ourSeconds = async () =>
    (await ownSeconds()) + (await servers.ours.allSeconds()) + (await servers.theirs.allSeconds());
  const [begin, busyBefore, oursBefore] = [performance.now(), await busySeconds(), await ourSeconds()];
  const samples = await both(servers, async (server) => {
    const before = await server.cpuSeconds();
    const { requests, p50Ms, p99Ms, p999Ms } = await load(server.url, rate, seconds);
    const used = (await server.cpuSeconds()) - before;
    const microseconds = (used * 1e6) / requests;
    return { microseconds, requestsPerSecond: requests / seconds, p50Ms, p99Ms, p999Ms };
  });
  const others = (await busySeconds()) - busyBefore - ((await ourSeconds()) - oursBefore);
  const available = (2 * (performance.now() - begin)) / 1000;
  return { samples, others: Math.max(0, others / available) };
}

async function both<T, R>({ ours, theirs }: Pair<T>, call: (each: T) => Promise<R>): Promise<Pair<R>> {
  const [first, second] = await Promise.all([call(ours), call(theirs)]);
  return { ours: first, theirs: second };
}
