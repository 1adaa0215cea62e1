import { UserError } from "../errors.ts";
import { countOf, describeShare, type Sample } from "../traffic/sample.ts";
import { binomialInterval } from "../traffic/statistics.ts";
import type { Weights } from "../traffic/weights.ts";
import { type Color } from "../versions.ts";
import { waitFor } from "../wait.ts";

/** How sure the share must be: a true weight is taken for a wrong one, and sampled again, once in a thousand times. */
const CONFIDENCE = 0.999;
const SAMPLES = 1000;
const TIMEOUT_MS = 60_000;

export interface Followed {
  samples: readonly Sample[];
  seconds: number;
}

/** Whether the share of a colour is what its weight says: all or nothing for 100 and 0, else within the binomial interval. */
export function follows(samples: readonly Sample[], weights: Weights, color: Color): boolean {
  const [least, most] = binomialInterval(samples.length, weights[color] / 100, CONFIDENCE);
  const count = countOf(samples, color);
  return samples.length > 0 && count >= least && count <= most;
}

/** Samples until the traffic follows the weights. @throws {UserError} when it does not within a minute */
export async function waitUntilFollowed(
  sample: (count: number, signal?: AbortSignal) => Promise<Sample[]>,
  weights: Weights,
  color: Color,
  signal?: AbortSignal,
): Promise<Followed> {
  const start = performance.now();
  let last: Sample[] = [];
  const followed = await waitFor(
    async () => {
      last = await sample(SAMPLES, signal);
      return follows(last, weights, color) ? last : undefined;
    },
    { timeoutMs: TIMEOUT_MS, signal },
  );
  if (!followed)
    throw new UserError(
      `The traffic did not follow within ${TIMEOUT_MS / 1000} s: ${describeShare(last, color)}, where ${weights[color]} % are wished for.`,
    );
  return { samples: followed, seconds: (performance.now() - start) / 1000 };
}
