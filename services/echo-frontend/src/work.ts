import { OverloadedError } from "@echo/kit";

/** The longest that a call may expect to wait for those before it, in ms. Who waits longer is better told so at once. */
const MAX_WAIT_MS = 1000;
/** The longest that work may hold the event loop at a time, in ms. */
const SLICE_MS = 5;
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
  let lastMs = 0;
  const work = async () => {
    const start = performance.now();
    await burn(iterations);
    lastMs = performance.now() - start;
    waiting--;
  };
  return () => {
    if (waiting * lastMs > MAX_WAIT_MS)
      throw new OverloadedError(`${waiting} requests wait for work of ${Math.round(lastMs)} ms each`);
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
