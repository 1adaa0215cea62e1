import { openPrometheus } from "../../adapters/prometheus.ts";
import { type Color, otherColor } from "../../domain/color.ts";
import type { Sampler } from "../../domain/sample.ts";
import type { Weights } from "../../domain/weights.ts";
import { UserError } from "../../lib/errors.ts";
import { pause } from "../../lib/wait.ts";
import { waitUntilFollowed } from "./follow.ts";
import {
  describeObservation,
  errorRateOf,
  judge,
  maxP99Of,
  notGoodEnough,
  type Observation,
} from "./judge.ts";
import type { CanaryLimits, RealTrafficJudge } from "./limits.ts";
import type { OnProgress } from "./progress.ts";
import { readRealTraffic, readWindow, type RealTraffic, type SeriesLabels } from "./real-traffic.ts";

/** The name of this judge in the output. */
const JUDGE = "Prometheus";
const TIMES = {
  /** Between two readings, in ms. */
  pollMs: 2000,
  /** How long data may be late or missing, in ms: some scrapes, and some evaluations of the rules. */
  graceMs: 120_000,
};

/** The limits of a canary that Prometheus judges. */
export type RealTrafficLimits = CanaryLimits & { realTraffic: RealTrafficJudge };

export interface RealTrafficOptions {
  /** Whose series Prometheus is asked for. */
  labels: SeriesLabels;
  /** The weights before anything moves. */
  now: Weights;
  signal: AbortSignal;
  onProgress: OnProgress;
  times?: typeof TIMES | undefined;
}

/**
 * Reads what users of the other colour got in the last interval, before anything moves. A colour without traffic, as after a crash
 * in the last step, is no reference: only the target's errors are judged then.
 * @throws {UserError} if Prometheus cannot judge: no response, no data, stale data, or too few requests
 */
export async function readReference(
  color: Color,
  { intervalMs, realTraffic }: RealTrafficLimits,
  { labels, now, signal }: Pick<RealTrafficOptions, "labels" | "now" | "signal">,
): Promise<{ reference: Observation | undefined; windowMs: number }> {
  const prometheus = openPrometheus(realTraffic.url);
  const other = otherColor(color);
  const windowMs = await readWindow(prometheus, labels, signal);
  if (now[other] === 0) return { reference: undefined, windowMs };
  const ms = Math.max(intervalMs, windowMs) + windowMs;
  const { [other]: reference } = await readRealTraffic(
    prometheus,
    labels,
    { ms, windowMs, needed: other },
    signal,
  );
  requireEnough(other, reference, ms, realTraffic);
  return { reference, windowMs };
}

/**
 * Like `startCanary`, but judges what users got. Samples show only whether the traffic follows the weights: the step begins when
 * it does, and ends if it still does. Prometheus does not see the requests to a colour whose pods are gone.
 * It fails if the data is missing or stale for too long, or if its interval had too few requests of the target.
 */
export async function startRealTrafficCanary(
  color: Color,
  limits: RealTrafficLimits,
  sample: Sampler,
  { labels, now, signal, onProgress, times: { pollMs, graceMs } = TIMES }: RealTrafficOptions,
): Promise<(weights: Weights) => Promise<string>> {
  const { realTraffic, intervalMs } = limits;
  const { minRequests } = realTraffic;
  const prometheus = openPrometheus(realTraffic.url);
  const other = otherColor(color);
  const { windowMs, ...first } = await readReference(color, limits, { labels, now, signal });
  /** The last observation of the other colour, for the steps that leave it without traffic. */
  let { reference } = first;

  const follow = (weights: Weights) => waitUntilFollowed(sample, weights, color, { signal, onProgress });

  return async (weights) => {
    const followed = await follow(weights);
    const start = performance.now();
    const read = patiently(
      (ms) => readRealTraffic(prometheus, labels, { ms, windowMs, needed: color }, signal),
      { windowMs, graceMs, signal },
    );
    for (;;) {
      signal.throwIfAborted();
      const ms = performance.now() - start;
      const { [color]: target, [other]: rest } = await read(ms);
      if (rest && rest.requests >= minRequests) reference = rest;
      const enough = target !== undefined && target.requests >= minRequests;
      onProgress({
        ...{ color, weight: weights[color], observed: shareOf(target, rest), judge: JUDGE },
        ...{ samples: Math.round(target?.requests ?? 0), samplesNeeded: minRequests, p99: target?.p99 },
        errorRate: target && errorRateOf(target),
        maxErrorRate: limits.maxErrorRate,
        maxP99: maxP99Of(reference, limits),
        end: Date.now() + Math.max(intervalMs, windowMs) - ms,
        limit: false,
      });
      const problem = enough ? judge(target, reference, limits) : undefined;
      if (problem !== undefined) throw notGoodEnough(color, problem, JUDGE);
      if (enough && ms >= intervalMs) {
        await follow(weights);
        return `${followed}; ${describeObservation(color, target, JUDGE)}`;
      }
      if (target && ms >= Math.max(intervalMs, windowMs) + graceMs)
        requireEnough(color, target, ms, realTraffic);
      await pause(pollMs, signal);
    }
  };
}

/** Reads a step of some ms. Without data it returns nothing, for some time. */
function patiently(
  read: (ms: number) => Promise<RealTraffic>,
  { windowMs, graceMs, signal }: { windowMs: number; graceMs: number; signal: AbortSignal },
) {
  // A rate says nothing of earlier requests after its window.
  let lastGood = performance.now() + windowMs;
  return async (ms: number): Promise<RealTraffic> => {
    if (ms <= windowMs) return {};
    try {
      const found = await read(ms);
      lastGood = performance.now();
      return found;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UserError) || performance.now() - lastGood > graceMs) throw error;
      return {};
    }
  };
}

/** The target's share of the requests, in percent; undefined without requests. */
function shareOf(target: Observation | undefined, rest: Observation | undefined): number | undefined {
  const all = (target?.requests ?? 0) + (rest?.requests ?? 0);
  return target === undefined || all === 0 ? undefined : (target.requests / all) * 100;
}

/** @throws {UserError} if a colour had too few requests for a judgement */
function requireEnough(
  color: Color,
  observation: Observation | undefined,
  ms: number,
  { url, minRequests }: RealTrafficJudge,
): void {
  const requests = observation?.requests ?? 0;
  if (requests >= minRequests) return;
  throw new UserError(
    [
      `Prometheus at ${url} counts ${Math.round(requests)} requests of ${color} in ${(ms / 1000).toFixed(0)} s, expected at least ${minRequests}.`,
      "Use a longer --interval, or a smaller --min-requests.",
    ].join("\n"),
  );
}
