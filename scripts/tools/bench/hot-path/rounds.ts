/** A round is repeated so many times on average before the machine counts as too busy to measure. */
const MAX_REPEATS_PER_ROUND = 3;

/** One load of one server. */
export interface Sample {
  /** CPU time of the server per request, in µs. */
  microseconds: number;
  /** Whether the server had its core to itself. */
  quiet: boolean;
}

/** Takes a sample of each server. */
export interface Samplers {
  shipped: () => Promise<Sample>;
  library: () => Promise<Sample>;
}

/** The same value of both servers. */
export interface Pair {
  shipped: number;
  library: number;
}

export interface Comparison {
  /** CPU time per request, in µs. */
  rounds: Pair[];
  /** CPU time of each start, in ms. */
  starts: Pair[];
  /** Memory after each start, in MiB. */
  memory: Pair[];
  /** Rounds that were measured again because other processes used the server's core. */
  repeated: number;
}

/**
 * Adds rounds to a comparison. The order alternates from round to round, so that a drift of the machine cancels out.
 * @throws {Error} if too many rounds have to be repeated
 */
export async function addRounds(comparison: Comparison, count: number, samplers: Samplers): Promise<void> {
  const wanted = comparison.rounds.length + count;
  while (comparison.rounds.length < wanted) {
    const [first, second] = comparison.rounds.length % 2 === 0 ? SHIPPED_FIRST : LIBRARY_FIRST;
    const samples = { [first]: await samplers[first](), [second]: await samplers[second]() };
    const { shipped, library } = samples;
    if (shipped?.quiet && library?.quiet)
      comparison.rounds.push({ shipped: shipped.microseconds, library: library.microseconds });
    else if (++comparison.repeated > wanted * MAX_REPEATS_PER_ROUND)
      throw new Error(
        `Machine too busy: other processes used the server's core in ${comparison.repeated} rounds. Stop them and run again.`,
      );
  }
}

const SHIPPED_FIRST = ["shipped", "library"] as const;
const LIBRARY_FIRST = ["library", "shipped"] as const;
