import type { Result } from "./result.ts";

/** How long results are kept, in ms: the minute of the chart, and a second that has just begun. */
const KEPT_MS = 62_000;
/** The results that are kept, at most; the oldest are removed first. */
export const MAX_RESULTS = 10_000;

/** The results of the last minute. */
export class Results {
  #newest: Result[] = [];

  add(result: Result): void {
    this.#newest.push(result);
    // In blocks, because removing the first element moves all others.
    if (this.#newest.length > MAX_RESULTS * 1.25) this.#newest = this.#newest.slice(-MAX_RESULTS);
  }

  clear(): void {
    this.#newest = [];
  }

  /** The results from `at`, in ms, on, in the order of their arrival. */
  since(at: number): readonly Result[] {
    const first = this.#newest.findLastIndex((result) => result.at < at) + 1;
    return this.#newest.slice(first);
  }

  /** Forgets the results that no part of the page shows any more. */
  prune(now: number): void {
    this.#newest = [...this.since(now - KEPT_MS)];
  }
}
