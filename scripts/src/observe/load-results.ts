import { isError, type Sample } from "../domain/sample.ts";
import { Latencies } from "./latencies.ts";

/** Counts the results of a load's requests. */
export class LoadResults {
  #total = 0;
  #failed = 0;
  #totalBefore = 0;
  readonly #failures = new Map<number, number>();
  readonly #latencies = new Latencies();

  add(sample: Sample): void {
    this.#total++;
    if (isError(sample)) {
      this.#failed++;
      this.#failures.set(sample.status, (this.#failures.get(sample.status) ?? 0) + 1);
    }
    this.#latencies.add(sample.milliseconds);
  }

  /** The number of requests since the last call. */
  takeNew(): number {
    const count = this.#total - this.#totalBefore;
    this.#totalBefore = this.#total;
    return count;
  }

  /** `1200 requests, 3 failed (0: 1, 502: 2), p50 12 ms, p99 40 ms` */
  toString(): string {
    const statuses = [...this.#failures].map(([status, count]) => `${status || "no response"}: ${count}`);
    const failures = statuses.length > 0 ? ` (${statuses.join(", ")})` : "";
    return `${this.#total} requests, ${this.#failed} failed${failures}, ${this.#latencies.toString()}`;
  }
}
