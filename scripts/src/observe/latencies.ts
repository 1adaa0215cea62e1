import { percentile } from "../domain/statistics.ts";

/** Only the latencies of the last requests are kept, so that a long command needs no more memory. */
const KEPT = 10_000;

/** The latencies of requests, in ms. */
export class Latencies {
  readonly #values: number[] = [];

  add(milliseconds: number): void {
    this.#values.push(milliseconds);
    if (this.#values.length > KEPT) this.#values.shift();
  }

  newest(count: number): readonly number[] {
    return this.#values.slice(-count);
  }

  /** Both are undefined before the first request. */
  percentiles() {
    return { p50: percentile(this.#values, 0.5), p99: percentile(this.#values, 0.99) };
  }

  /** `p50 12 ms, p99 40 ms` */
  toString(): string {
    const { p50 = 0, p99 = 0 } = this.percentiles();
    return `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
  }
}
