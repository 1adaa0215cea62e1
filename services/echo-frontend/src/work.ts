import { OverloadedError } from "@echo/kit";

/** The longest that a call may expect to wait for those before it, in ms. Who waits longer is better told so at once. */
const MAX_WAIT_MS = 1000;
/** The longest that work may hold the event loop at a time, in ms. */
const SLICE_MS = 5;
/** The part of the newest duration in the mean that the wait is reckoned by: one slow call in a stall refuses nobody. */
const NEWEST = 0.1;
/** Square roots between two looks at the clock. */
const STEP = 10_000;

/**
 * Burns CPU for an autoscaler to see: `iterations` square roots for each call, one call after the other, in slices
 * between which the event loop is free. However many calls wait, a probe waits for one slice.
 * @returns a function that throws an {@link OverloadedError} where too many wait
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
