import { Histogram } from "prom-client";
import type { DurationsOptions } from "../../../src/hot-path/durations.ts";

export type { DurationsOptions } from "../../../src/hot-path/durations.ts";

/** The histogram as prom-client keeps it. */
export class Durations {
  readonly #labelNames: readonly [string, string];
  readonly #histogram: Histogram;

  constructor({ registry, buckets, ...options }: DurationsOptions) {
    this.#labelNames = options.labelNames;
    this.#histogram = new Histogram({ ...options, buckets: [...buckets], registers: [registry] });
  }

  observe(first: string, second: string | number, milliseconds: number): void {
    const [firstName, secondName] = this.#labelNames;
    this.#histogram.observe({ [firstName]: first, [secondName]: second }, milliseconds / 1000);
  }
}
