import { isError, type Sample } from "../traffic/sample.ts";
import { percentile } from "../traffic/statistics.ts";
import type { Color } from "../versions.ts";

/** p99s this close are alike, whatever their ratio, in ms. */
const NEGLIGIBLE_MS = 20;

export interface Limits {
  /** Share of failed requests that is still good, in percent. */
  maxErrorRate: number;
  /** How many times the other colour's p99 is still good. */
  maxP99Ratio: number;
}

/** What was seen of one colour. */
export interface Observation {
  requests: number;
  errors: number;
  p99: number | undefined;
}

/** A request that no colour answered counts against the target: it alone gained traffic. */
export function observe(samples: readonly Sample[], color: Color, isTarget: boolean): Observation {
  const own = samples.filter((sample) => sample.color === color || (isTarget && sample.color === undefined));
  const good = own.filter((sample) => !isError(sample));
  return {
    requests: own.length,
    errors: own.length - good.length,
    p99: percentile(
      good.map(({ milliseconds }) => milliseconds),
      0.99,
    ),
  };
}

/** Why the target is not good enough, in words; undefined when it is. */
export function judge(target: Observation, other: Observation, limits: Limits): string | undefined {
  const errorRate = (target.errors / Math.max(1, target.requests)) * 100;
  if (errorRate > limits.maxErrorRate)
    return `${errorRate.toFixed(1)} % of its ${target.requests} requests failed, at most ${limits.maxErrorRate} % may`;
  if (target.p99 === undefined || other.p99 === undefined) return undefined;
  if (target.p99 > other.p99 * limits.maxP99Ratio && target.p99 > other.p99 + NEGLIGIBLE_MS)
    return `its p99 is ${target.p99.toFixed(0)} ms, over ${limits.maxP99Ratio} times the other colour's ${other.p99.toFixed(0)} ms`;
  return undefined;
}

/** `5000 requests, 3 errors, p99 12 ms` */
export function describeObservation({ requests, errors, p99 }: Observation): string {
  return `${requests} requests, ${errors} errors, p99 ${p99 === undefined ? "unknown" : `${p99.toFixed(0)} ms`}`;
}
