import { BACKEND, BARE_FASTIFY, BARE_HOP, BARE_HTTP, type Contender, FRONTEND } from "./contenders.ts";
import type { Measured, Samples } from "./measure.ts";

/** A ratio of two contenders' medians, and what is promised of it. */
export interface Ratio {
  what: string;
  value: number;
  /** The smallest and the greatest of the rounds' own ratios. */
  spread: readonly [number, number];
  /** `least` or `most`; undefined where it is shown alone. */
  limit?: { least: number } | { most: number };
}

const rate = (samples: Samples) => samples.requestsPerSecond;

/** The ratios that the README promises, and the framework's own for comparison. */
export function ratiosOf(measured: Measured): Ratio[] {
  const ratio = (
    what: string,
    of: Contender,
    over: Contender,
    pick: (samples: Samples) => readonly number[],
    limit?: Ratio["limit"],
  ): Ratio => {
    const [ours, theirs] = [samplesOf(measured, of), samplesOf(measured, over)].map(pick);
    const rounds = (ours ?? []).map((value, round) => value / (theirs?.[round] ?? Number.NaN));
    return {
      what: `${what}: ${of.name} over ${over.name}`,
      value: median(ours ?? []) / median(theirs ?? []),
      spread: [Math.min(...rounds), Math.max(...rounds)],
      ...(limit && { limit }),
    };
  };
  return [
    ratio("requests/s", BARE_FASTIFY, BARE_HTTP, rate),
    ratio("requests/s", BACKEND, BARE_HTTP, rate, { least: 0.95 }),
    ratio("requests/s", FRONTEND, BARE_HOP, rate, { least: 1.1 }),
    ratio("start to first 200", BACKEND, BARE_HTTP, ({ startMs }) => startMs, { most: 1.4 }),
    ratio("start to first 200", FRONTEND, BARE_HTTP, ({ startMs }) => startMs, { most: 1.4 }),
    ratio("idle memory", BACKEND, BARE_HTTP, ({ idleMiB }) => idleMiB, { most: 1.15 }),
    ratio("idle memory", FRONTEND, BARE_HOP, ({ idleMiB }) => idleMiB, { most: 1.15 }),
    ratio("p99 at half load", BACKEND, BARE_HTTP, ({ halfLoadP99Ms }) => halfLoadP99Ms, { most: 1.2 }),
  ];
}

/** Whether a ratio is as promised. */
export function isMet({ value, limit }: Ratio): boolean {
  if (!limit) return true;
  return "least" in limit ? value >= limit.least : value <= limit.most;
}

/** The middle value; of an even number of them the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

function samplesOf(measured: Measured, contender: Contender): Samples {
  const samples = measured.get(contender);
  if (!samples) throw new Error(`${contender.name} was not measured`);
  return samples;
}
