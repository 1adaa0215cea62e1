import { isError, type Sample } from "../domain/sample.ts";
import { percentile } from "../domain/statistics.ts";

/** The latencies are those of the last requests only, so that a long load needs no more memory. */
const LATENCIES_KEPT = 10_000;

/** Counts the results of a load's requests. */
export class LoadResults {
  #total = 0;
  #failed = 0;
  #totalBefore = 0;
  readonly #failures = new Map<number, number>();
  readonly #latencies: number[] = [];

  add(sample: Sample): void {
    this.#total++;
    if (isError(sample)) {
      this.#failed++;
      this.#failures.set(sample.status, (this.#failures.get(sample.status) ?? 0) + 1);
    }
    this.#latencies.push(sample.milliseconds);
    if (this.#latencies.length > LATENCIES_KEPT) this.#latencies.shift();
  }

  /** The number of requests since the last call. */
  takeNew(): number {
    const count = this.#total - this.#totalBefore;
    this.#totalBefore = this.#total;
    return count;
  }

  /** `1200 requests, 3 failed (0: 1, 502: 2), p50 12 ms, p99 40 ms` */
  toString(): string {
    const p50 = percentile(this.#latencies, 0.5) ?? 0;
    const p99 = percentile(this.#latencies, 0.99) ?? 0;
    const statuses = [...this.#failures].map(([status, count]) => `${status || "no answer"}: ${count}`);
    const failures = statuses.length > 0 ? ` (${statuses.join(", ")})` : "";
    return `${this.#total} requests, ${this.#failed} failed${failures}, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
  }
}
