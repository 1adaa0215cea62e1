let callbacks: (() => void)[] = [];
let running = false;

/**
 * Runs `callback` at the end of this iteration of the event loop, together with all others of the iteration and in
 * their order. A callback that is added while the batch runs is called at once. Requests that arrive together are then
 * handled, and their responses written, one right after the other: docs/performance.md, event-loop batches.
 */
export function runInBatch(callback: () => void): void {
  if (running) callback();
  else if (callbacks.push(callback) === 1) setImmediate(runBatch);
}

function runBatch(): void {
  const batch = callbacks;
  callbacks = [];
  running = true;
  try {
    for (const callback of batch) callback();
  } finally {
    running = false;
  }
}
