import type { Registry } from "prom-client";

/** What a registry needs of a metric at a scrape. */
interface ScrapedMetric {
  readonly name: string;
  readonly help: string;
  get(): Promise<object>;
  /** Removes all series. */
  reset(): void;
}

declare module "prom-client" {
  interface Registry {
    /** prom-client's own types allow only its four classes. */
    registerMetric(metric: ScrapedMetric): void;
  }
}

interface Series {
  /** Observations per bucket, not cumulative; those above the last bound are at the end. */
  counts: number[];
  sum: number;
}

export interface DurationsOptions {
  name: string;
  help: string;
  labelNames: readonly [string, string];
  /** Upper bounds in seconds, ascending. */
  buckets: readonly number[];
  registry: Registry;
}

/**
 * A Prometheus histogram of durations with two labels, with the same exposition as prom-client's Histogram. It finds a
 * series by the two label values alone: docs/performance.md, duration histograms.
 */
export class Durations implements ScrapedMetric {
  readonly name: string;
  readonly help: string;
  readonly #options: DurationsOptions;
  readonly #series = new Map<string, Map<string | number, Series>>();

  constructor(options: DurationsOptions) {
    this.name = options.name;
    this.help = options.help;
    this.#options = options;
    options.registry.registerMetric(this);
  }

  /** Adds one duration to the series of the two label values. */
  observe(first: string, second: string | number, milliseconds: number): void {
    const { buckets } = this.#options;
    const series = this.#series.get(first)?.get(second) ?? this.#addSeries(first, second);
    const seconds = milliseconds / 1000;
    let bucket = 0;
    while (seconds > (buckets[bucket] ?? Infinity)) bucket++;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
  }

  /** Forgets all series with this value of the second label. */
  forget(second: string | number): void {
    for (const group of this.#series.values()) group.delete(second);
  }

  get() {
    const values = Array.from(this.#series).flatMap(([first, group]) =>
      Array.from(group).flatMap(([second, series]) => this.#samplesOf(first, second, series)),
    );
    return Promise.resolve({
      name: this.name,
      help: this.help,
      type: "histogram",
      aggregator: "sum",
      values,
    });
  }

  reset(): void {
    this.#series.clear();
  }

  #addSeries(first: string, second: string | number): Series {
    const series = { counts: Array.from({ length: this.#options.buckets.length + 1 }, () => 0), sum: 0 };
    const group = this.#series.get(first) ?? new Map<string | number, Series>();
    this.#series.set(first, group.set(second, series));
    return series;
  }

  #samplesOf(first: string, second: string | number, { counts, sum }: Series) {
    const { name, labelNames, buckets } = this.#options;
    const labels = { [labelNames[0]]: first, [labelNames[1]]: second };
    let count = 0;
    const cumulative = counts.map((counted, bucket) => ({
      metricName: `${name}_bucket`,
      labels: { le: buckets[bucket] ?? "+Inf", ...labels },
      value: (count += counted),
    }));
    return [
      ...cumulative,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
