/** The longest that work may hold the event loop at a time, in ms. */
const SLICE_MS = 5;
/** Square roots between two looks at the clock. */
const STEP = 10_000;

/**
 * Burns CPU for an autoscaler to see: `iterations` square roots for each call, one call after the other, in slices
 * between which the event loop is free. However many calls wait, a probe waits for one slice.
 */
export function createWork(iterations: number): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => burn(iterations));
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
