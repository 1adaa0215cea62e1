/** The most callbacks of one iteration of the event loop: docs/performance.md, event-loop batches. */
export const BATCH_SIZE = 32;
/** The same after a connection was accepted. More may wait, and an iteration accepts one (libuv/libuv#3696). */
export const SHORT_BATCH_SIZE = 4;
const callbacks: (() => void)[] = [];
let maxSize = BATCH_SIZE;
let running = false;

/**
 * Runs `callback` at the end of this iteration of the event loop, together with others of the iteration and in their
 * order, or in a later iteration if there are too many. A callback that is added while a batch runs is called at once.
 * Requests that arrive together are then handled, and their responses written, one right after the other.
 */
export function runInBatch(callback: () => void): void {
  if (running) callback();
  else if (callbacks.push(callback) === 1) setImmediate(runBatch);
}

/** Makes the next batch short, because a connection was accepted. */
export function shortenBatch(): void {
  maxSize = SHORT_BATCH_SIZE;
}

function runBatch(): void {
  const batch = callbacks.splice(0, maxSize);
  maxSize = BATCH_SIZE;
  if (callbacks.length > 0) setImmediate(runBatch);
  running = true;
  try {
    for (const callback of batch) callback();
  } finally {
    running = false;
  }
}
