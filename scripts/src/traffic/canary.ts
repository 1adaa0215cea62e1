import { type Color, otherColor } from "../domain/color.ts";
import { describeShare, type Sample } from "../domain/sample.ts";
import type { Weights } from "../domain/weights.ts";
import { UserError } from "../lib/errors.ts";
import { follows } from "./follow.ts";
import { describeObservation, judge, observe } from "./judge.ts";
import type { CanaryOptions } from "./plan.ts";
import type { Sampler } from "./switch.ts";

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
  options: CanaryOptions,
  sample: Sampler,
  signal: AbortSignal,
): Promise<(weights: Weights) => Promise<string>> {
  const other = otherColor(color);
  const takeBatch = () => sample(BATCH, signal);
  /** The last observation of the other colour, for the steps that leave it without traffic. */
  let reference = observe([...(await takeBatch()), ...(await takeBatch())], other, false);

  return async (weights) => {
    const start = performance.now();
    const samples: Sample[] = [];
    let followed: number | undefined;
    for (;;) {
      const batch = await takeBatch();
      samples.push(...batch);
      const elapsed = performance.now() - start;
      if (followed === undefined && follows(batch, weights, color)) followed = elapsed;
      const target = observe(samples, color, true);
      const rest = observe(samples, other, false);
      if (rest.requests >= MIN_SAMPLES) reference = rest;
      const problem = target.requests >= MIN_SAMPLES ? judge(target, reference, options) : undefined;
      if (problem !== undefined) throw new UserError(`${color} is not good enough: ${problem}`);
      const enough = target.requests >= MIN_SAMPLES && (weights[other] === 0 || rest.requests >= MIN_SAMPLES);
      if (followed !== undefined && enough && elapsed >= options.intervalMs)
        return `followed after ${(followed / 1000).toFixed(1)} s; ${color}: ${describeObservation(target)}`;
      if (followed === undefined && elapsed > FOLLOW_TIMEOUT_MS)
        throw new UserError(`the traffic did not follow: ${describeShare(batch, color)} in the last batch`);
    }
  };
}
