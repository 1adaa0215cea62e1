import type { Color } from "../../domain/color.ts";
import { countOf, describeShare, isError, type Sample, type Sampler } from "../../domain/sample.ts";
import { binomialInterval } from "../../domain/statistics.ts";
import type { Weights } from "../../domain/weights.ts";
import { UserError } from "../../lib/errors.ts";
import { waitFor } from "../../lib/wait.ts";
import type { OnProgress } from "./progress.ts";

/** One batch in a thousand is rejected although its weight is right, and is sampled again. */
const CONFIDENCE = 0.999;
const SAMPLES = 1000;
const TIMEOUT_MS = 60_000;

/** Whether a colour's share agrees with its weight: exactly for 0 and 100, within the binomial interval for the rest. */
export function follows(samples: readonly Sample[], weights: Weights, color: Color): boolean {
  const [least, most] = binomialInterval(samples.length, weights[color] / 100, CONFIDENCE);
  const count = countOf(samples, color);
  return samples.length > 0 && count >= least && count <= most;
}

/** A colour's share of samples, in percent; undefined without samples. */
export function shareOf(samples: readonly Sample[], color: Color): number | undefined {
  return samples.length === 0 ? undefined : (countOf(samples, color) / samples.length) * 100;
}

/** A sampler that also gives its samples to `count`. */
export function counted(sample: Sampler, count: (samples: readonly Sample[]) => void): Sampler {
  return async (number, signal) => {
    const samples = await sample(number, signal);
    count(samples);
    return samples;
  };
}

export interface FollowOptions {
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

/**
 * Samples until the traffic follows the weights.
 * @returns what was observed: `observed green 24.8 % of 1000 requests after 1.2 s`
 * @throws {UserError} if it does not follow within a minute
 */
export async function waitUntilFollowed(
  sample: Sampler,
  weights: Weights,
  color: Color,
  { signal, onProgress }: FollowOptions = {},
): Promise<string> {
  const start = performance.now();
  const end = Date.now() + TIMEOUT_MS;
  let last: Sample[] = [];
  const report = () =>
    onProgress?.({
      color,
      weight: weights[color],
      observed: shareOf(last, color),
      judge: undefined,
      samples: last.length,
      samplesNeeded: SAMPLES,
      errorRate: last.length === 0 ? undefined : (last.filter(isError).length / last.length) * 100,
      maxErrorRate: undefined,
      p99: undefined,
      maxP99: undefined,
      end,
      limit: true,
    });
  report();
  const check = async () => {
    last = await sample(SAMPLES, signal);
    report();
    return follows(last, weights, color) || undefined;
  };
  if (!(await waitFor(check, { timeoutMs: TIMEOUT_MS, signal })))
    throw new UserError(
      `The traffic did not follow within ${TIMEOUT_MS / 1000} s: ${describeShare(last, color)}, expected ${weights[color]} %.`,
    );
  return `observed ${describeShare(last, color)} after ${((performance.now() - start) / 1000).toFixed(1)} s`;
}
