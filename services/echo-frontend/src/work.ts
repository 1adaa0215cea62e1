import { OverloadedError } from "@echo/kit";

/** If the calls ahead would take longer than this, a call is rejected at once, in ms. */
const MAX_WAIT_MS = 1000;
/** The longest time without a break for the event loop, in ms. */
const SLICE_MS = 5;
/** The weight of the newest duration in the mean: one slow call causes no rejection. */
const NEWEST = 0.1;
/** Square roots between two looks at the clock. */
const STEP = 10_000;

/**
 * Uses CPU, as load for an autoscaler: `iterations` square roots per call, one call after the other. Between slices the
 * event loop runs, so that a probe waits for one slice at most, however many calls wait.
 * @returns a function that throws an {@link OverloadedError} if too many calls wait
 */
export function createWork(iterations: number): () => Promise<void> {
  let last = Promise.resolve();
  let waiting = 0;
  let meanMs: number | undefined;
  const work = async () => {
    const start = performance.now();
    await burn(iterations);
    const tookMs = performance.now() - start;
    meanMs = meanMs === undefined ? tookMs : meanMs + NEWEST * (tookMs - meanMs);
    waiting--;
  };
  return () => {
    const eachMs = meanMs ?? 0;
    if (waiting * eachMs > MAX_WAIT_MS)
      throw new OverloadedError(`${waiting} requests wait for work of ${Math.round(eachMs)} ms each`);
    waiting++;
    last = last.then(work);
    return last;
  };
}

async function burn(iterations: number): Promise<void> {
  let left = iterations;
  while (left > 0) {
    left = burnSlice(left);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function burnSlice(iterations: number): number {
  const end = performance.now() + SLICE_MS;
  let left = iterations;
  let sum = 0;
  while (left > 0 && performance.now() < end) {
    for (let i = Math.min(left, STEP); i > 0; i--) sum += Math.sqrt(sum + i);
    left -= STEP;
  }
  return left;
}
