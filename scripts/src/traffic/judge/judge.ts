import type { Color } from "../../domain/color.ts";
import { isError, type Sample } from "../../domain/sample.ts";
import { percentile } from "../../domain/statistics.ts";
import { UserError } from "../../lib/errors.ts";
import type { Limits } from "./limits.ts";

/** A difference between two p99s that is too small to matter, in ms. */
const NEGLIGIBLE_MS = 20;

/** What a judgement is based on: requests of the command itself, or those of users that Prometheus has counted. */
export type Judge = "own samples" | "Prometheus";

/** What is known of one colour. Prometheus computes numbers from rates, so that they may be fractions. */
export interface Observation {
  requests: number;
  errors: number;
  /** In ms; undefined without a successful request. */
  p99: number | undefined;
}

/** A sample without a colour counts against the target, because only the target gained traffic. */
export function observe(samples: readonly Sample[], color: Color, isTarget: boolean): Observation {
  const own = samples.filter((sample) => sample.color === color || (isTarget && sample.color === undefined));
  const latencies = own.filter((sample) => !isError(sample)).map(({ milliseconds }) => milliseconds);
  return { requests: own.length, errors: own.length - latencies.length, p99: percentile(latencies, 0.99) };
}

/** In percent. */
export function errorRateOf({ errors, requests }: Observation): number {
  return (errors / Math.max(1, requests)) * 100;
}

/** The highest acceptable p99 of the target, in ms; undefined if the other colour's is unknown. */
export function maxP99Of(other: Observation | undefined, { maxP99Ratio }: Limits): number | undefined {
  return other?.p99 === undefined ? undefined : Math.max(other.p99 * maxP99Ratio, other.p99 + NEGLIGIBLE_MS);
}

/** Compares the target with the other colour. @returns why it fails; undefined if it is good enough */
export function judge(
  target: Observation,
  other: Observation | undefined,
  limits: Limits,
): string | undefined {
  const errorRate = errorRateOf(target);
  if (errorRate > limits.maxErrorRate)
    return `${errorRate.toFixed(1)} % of its ${Math.round(target.requests)} requests failed, expected at most ${limits.maxErrorRate} %`;
  const maxP99 = maxP99Of(other, limits);
  if (target.p99 === undefined || other?.p99 === undefined || maxP99 === undefined) return undefined;
  if (target.p99 > maxP99)
    return `its p99 is ${target.p99.toFixed(0)} ms, expected at most ${limits.maxP99Ratio} times the other colour's ${other.p99.toFixed(0)} ms`;
  return undefined;
}

/** The error of a target that fails its judgement. */
export function notGoodEnough(color: Color, problem: string, by: Judge): UserError {
  return new UserError(`${color} is not good enough: ${problem} (judge: ${by})`);
}

/** `green: 5000 requests, 3 errors, p99 12 ms (judge: own samples)` */
export function describeObservation(color: Color, { requests, errors, p99 }: Observation, by: Judge): string {
  const counts = `${Math.round(requests)} requests, ${Math.round(errors)} errors`;
  return `${color}: ${counts}, p99 ${p99 === undefined ? "unknown" : `${p99.toFixed(0)} ms`} (judge: ${by})`;
}
