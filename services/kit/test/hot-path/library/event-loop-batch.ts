/** Calls at once, as without batches. */
export function runInBatch(callback: () => void): void {
  callback();
}

/** Does nothing, as without batches. */
export function shortenBatch(): void {}
