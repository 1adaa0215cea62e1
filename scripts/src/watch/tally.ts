import { percentile } from "../traffic/statistics.ts";
import { versionName } from "../versions.ts";

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
/** How many answers are recent: those of ten seconds. */
const RECENT = 40;
/** So many answers in a row of another version are a change; fewer may be a weight's chance. */
const CHANGE = 10;

/** Answers in a row that say the same. */
interface Run {
  backend: string;
  since: Date;
  count: number;
}

/** Counts answers by what they say and by status. */
export class Tally {
  #total = 0;
  /** What answers, until a long enough run says otherwise. */
  #standing: string | undefined;
  #run: Run | undefined;
  #recent: string[] = [];
  readonly #versions = new Map<string, number>();
  readonly #statuses = new Map<number, number>();
  readonly #latencies: number[] = [];
  readonly #changes: string[] = [];

  /**
   * Counts one answer.
   * @returns the change that it makes certain, such as `blue 11.0 → green 12.0 at 12:01:07`, dated to its first answer
   */
  add({ backend, status, milliseconds }: Answer, now = new Date()): string | undefined {
    this.#total++;
    count(this.#versions, backend);
    count(this.#statuses, status);
    this.#recent = [...this.#recent, backend].slice(-RECENT);
    this.#latencies.push(milliseconds);
    if (this.#latencies.length > LATENCIES_KEPT) this.#latencies.shift();
    return this.#changeBy(backend, now);
  }

  #changeBy(backend: string, now: Date): string | undefined {
    this.#standing ??= backend;
    if (this.#run?.backend !== backend) this.#run = { backend, since: now, count: 0 };
    this.#run.count++;
    if (backend === this.#standing || this.#run.count < CHANGE) return undefined;
    const time = this.#run.since.toTimeString().slice(0, 8);
    const change = `${versionName(this.#standing)} → ${versionName(backend)} at ${time}`;
    this.#standing = backend;
    this.#changes.push(change);
    return change;
  }

  /** The newest latencies, in ms. */
  latencies(most: number): readonly number[] {
    return this.#latencies.slice(-most);
  }

  /** Share of each version in the answers of the last ten seconds, 0 to 1. */
  recent(): Record<string, number> {
    const counts = new Map<string, number>();
    for (const backend of this.#recent) count(counts, backend);
    return shares(counts);
  }

  /** What came of the watch so far. */
  summary() {
    return {
      requests: this.#total,
      versions: shares(this.#versions),
      statuses: shares(this.#statuses),
      p50: percentile(this.#latencies, 0.5),
      p99: percentile(this.#latencies, 0.99),
      changes: this.#changes,
    };
  }

  /** `11.0 75% 12.0 25% | 200 100% | 40 requests` */
  toString(): string {
    return [inWords(this.#versions), inWords(this.#statuses), `${this.#total} requests`].join(" | ");
  }

  /** The summary in words. */
  describe(): string {
    const { p50 = 0, p99 = 0, changes } = this.summary();
    const seen = changes.length === 0 ? "no change" : `${changes.length} changes, the last ${changes.at(-1)}`;
    return `${this.toString()}\np50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${seen}`;
  }
}

function count<K>(counts: Map<K, number>, name: K): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function shares(counts: ReadonlyMap<string | number, number>): Record<string, number> {
  const total = [...counts.values()].reduce((sum, number) => sum + number, 0);
  return Object.fromEntries([...counts].map(([name, number]) => [name, number / total]));
}

function inWords(counts: ReadonlyMap<string | number, number>): string {
  return Object.entries(shares(counts))
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, share]) => `${name} ${Math.round(share * 100)}%`)
    .join(" ");
}
