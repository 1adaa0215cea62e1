import { percentile } from "../traffic/statistics.ts";

/** One answer to the watch. */
export interface Answer {
  body: string;
  /** HTTP status; 0 where there was no answer. */
  status: number;
  milliseconds: number;
  /** The backend's version in it. */
  backend: string;
}

/** The answers before this many are forgotten for the latency, so that a day's watch stays small. */
const LATENCIES_KEPT = 10_000;

/** Counts answers by what they say and by status. */
export class Tally {
  #total = 0;
  #last: string | undefined;
  readonly #versions = new Map<string, number>();
  readonly #statuses = new Map<number, number>();
  readonly #latencies: number[] = [];
  readonly #changes: string[] = [];

  /** Counts one answer. @returns the change that it shows, such as `11.0 → 12.0 at 12:01:07`; undefined for none */
  add({ backend, status, milliseconds }: Answer, now = new Date()): string | undefined {
    const before = this.#last;
    this.#total++;
    this.#last = backend;
    count(this.#versions, backend);
    count(this.#statuses, status);
    this.#latencies.push(milliseconds);
    if (this.#latencies.length > LATENCIES_KEPT) this.#latencies.shift();
    if (before === undefined || before === backend) return undefined;
    const change = `${before} → ${backend} at ${now.toTimeString().slice(0, 8)}`;
    this.#changes.push(change);
    return change;
  }

  /** The newest latencies, in ms. */
  latencies(most: number): readonly number[] {
    return this.#latencies.slice(-most);
  }

  /** What came of the watch so far. */
  summary() {
    return {
      requests: this.#total,
      versions: this.#shares(this.#versions),
      statuses: this.#shares(this.#statuses),
      p50: percentile(this.#latencies, 0.5),
      p99: percentile(this.#latencies, 0.99),
      changes: this.#changes,
    };
  }

  /** `11.0 75% 12.0 25% | 200 100% | 40 requests` */
  toString(): string {
    return [this.#text(this.#versions), this.#text(this.#statuses), `${this.#total} requests`].join(" | ");
  }

  /** The summary in words. */
  describe(): string {
    const { p50 = 0, p99 = 0, changes } = this.summary();
    const seen = changes.length === 0 ? "no change" : `${changes.length} changes, the last ${changes.at(-1)}`;
    return `${this.toString()}\np50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${seen}`;
  }

  #shares(counts: ReadonlyMap<string | number, number>): Record<string, number> {
    return Object.fromEntries([...counts].map(([name, number]) => [name, number / this.#total]));
  }

  #text(counts: ReadonlyMap<string | number, number>): string {
    return Object.entries(this.#shares(counts))
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, share]) => `${name} ${Math.round(share * 100)}%`)
      .join(" ");
  }
}

function count<K>(counts: Map<K, number>, name: K): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
