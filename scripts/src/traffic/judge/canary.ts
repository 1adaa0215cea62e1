import { type Color, otherColor } from "../../domain/color.ts";
import { describeShare, type Sample, type Sampler } from "../../domain/sample.ts";
import type { Weights } from "../../domain/weights.ts";
import { UserError } from "../../lib/errors.ts";
import { follows, shareOf } from "./follow.ts";
import { describeObservation, errorRateOf, judge, maxP99Of, notGoodEnough, observe } from "./judge.ts";
import type { CanaryLimits } from "./limits.ts";
import type { OnProgress } from "./progress.ts";

/** The name of this judge in the output. */
const JUDGE = "own samples";
/** Fewer samples of a colour are not enough for a judgement. */
const MIN_SAMPLES = 200;
const BATCH = 500;
const FOLLOW_TIMEOUT_MS = 60_000;

/**
 * Measures the other colour before anything moves.
 * @returns a function that watches a step until the traffic follows, the interval is over and each colour has enough samples.
 * It returns what was observed. It throws a UserError with the reason if the target is not good enough.
 */
export async function startCanary(
  color: Color,
  limits: CanaryLimits,
  sample: Sampler,
  { signal, onProgress }: { signal: AbortSignal; onProgress: OnProgress },
): Promise<(weights: Weights) => Promise<string>> {
  const other = otherColor(color);
  const takeBatch = () => sample(BATCH, signal);
  /** The last observation of the other colour, for the steps that leave it without traffic. */
  let reference = observe([...(await takeBatch()), ...(await takeBatch())], other, false);

  return async (weights) => {
    const start = performance.now();
    const samples: Sample[] = [];
    let batch: Sample[] = [];
    let followed: number | undefined;
    for (;;) {
      const elapsed = performance.now() - start;
      if (followed === undefined && follows(batch, weights, color)) followed = elapsed;
      const target = observe(samples, color, true);
      const rest = observe(samples, other, false);
      if (rest.requests >= MIN_SAMPLES) reference = rest;
      const collected = weights[other] === 0 ? target.requests : Math.min(target.requests, rest.requests);
      onProgress({
        ...{ color, weight: weights[color], observed: shareOf(batch, color), judge: JUDGE },
        ...{ samples: collected, samplesNeeded: MIN_SAMPLES, p99: target.p99, limit: false },
        errorRate: target.requests === 0 ? undefined : errorRateOf(target),
        maxErrorRate: limits.maxErrorRate,
        maxP99: maxP99Of(reference, limits),
        end:
          Date.now() +
          Math.max(limits.intervalMs - elapsed, timeFor(MIN_SAMPLES - collected, collected, elapsed)),
      });
      const problem = target.requests >= MIN_SAMPLES ? judge(target, reference, limits) : undefined;
      if (problem !== undefined) throw notGoodEnough(color, problem, JUDGE);
      if (followed !== undefined && collected >= MIN_SAMPLES && elapsed >= limits.intervalMs)
        return `followed after ${(followed / 1000).toFixed(1)} s; ${describeObservation(color, target, JUDGE)}`;
      if (followed === undefined && elapsed > FOLLOW_TIMEOUT_MS)
        throw new UserError(`the traffic did not follow: ${describeShare(batch, color)} in the last batch`);
      batch = await takeBatch();
      samples.push(...batch);
    }
  };
}

/** How long `more` samples take, in ms, if they come as the first `collected` did. */
function timeFor(more: number, collected: number, elapsed: number): number {
  return collected === 0 ? 0 : Math.max(0, (more / collected) * elapsed);
}
