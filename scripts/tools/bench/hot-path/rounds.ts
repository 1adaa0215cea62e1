import { UserError } from "../../../src/lib/errors.ts";

/** A round is repeated so many times on average before the machine counts as too busy to measure. */
const MAX_REPEATS_PER_ROUND = 3;

/** The same of both servers: as shipped, and with the library call. */
export interface Pair<T> {
  shipped: T;
  library: T;
}

/** CPU time per request, in µs. */
export interface Round extends Pair<number> {
  /** Whether both servers had the core to themselves. */
  quiet: boolean;
}

export interface Comparison {
  rounds: Pair<number>[];
  /** CPU time of each start, and memory after it. */
  starts: Pair<{ ms: number; MiB: number }>[];
  /** Rounds that were measured again because other processes used the core. */
  repeated: number;
}

/**
 * Adds rounds to a comparison, quiet ones only.
 * @throws {UserError} if too many rounds have to be repeated
 */
export async function addRounds(
  comparison: Comparison,
  count: number,
  measure: () => Promise<Round>,
): Promise<void> {
  const wanted = comparison.rounds.length + count;
  while (comparison.rounds.length < wanted) {
    const { quiet, ...round } = await measure();
    if (quiet) comparison.rounds.push(round);
    else if (++comparison.repeated > wanted * MAX_REPEATS_PER_ROUND)
      throw new UserError(
        `Machine too busy: other processes used the servers' core in ${comparison.repeated} rounds. Stop them and run again.`,
      );
  }
}
