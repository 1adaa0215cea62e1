import { versionName } from "../domain/version.ts";
import { timeOfDay } from "../lib/terminal.ts";
import { Latencies } from "./latencies.ts";

/** The result of one request. */
export interface WatchedResponse {
  body: string;
  /** HTTP status; 0 without a response. */
  status: number;
  milliseconds: number;
  /** The backend's version in the body, or `no response`. */
  backend: string;
}

/** The recent responses: those of ten seconds. */
const RECENT = 40;
/** This many responses in a row from another version count as a change. Fewer may be chance, with a weight of both. */
const CHANGE = 10;

/** Counts responses by version and by status. */
export class Tally {
  readonly latencies = new Latencies();
  #total = 0;
  /** The version that responds, until a long enough run of another one. */
  #current: string | undefined;
  /** The last consecutive responses of one version. */
  #run: { backend: string; since: Date; count: number } | undefined;
  #recent: string[] = [];
  readonly #versions = new Map<string, number>();
  readonly #statuses = new Map<number, number>();
  readonly #changes: string[] = [];

  /**
   * Counts one response.
   * @returns the change that it completes, such as `blue 11.0 → green 12.0 at 12:01:07`, with the time of its first answer
   */
  add({ backend, status, milliseconds }: WatchedResponse, now = new Date()): string | undefined {
    this.#total++;
    count(this.#versions, backend);
    count(this.#statuses, status);
    this.#recent = [...this.#recent, backend].slice(-RECENT);
    this.latencies.add(milliseconds);
    return this.#changeBy(backend, now);
  }

  #changeBy(backend: string, now: Date): string | undefined {
    this.#current ??= backend;
    if (this.#run?.backend !== backend) this.#run = { backend, since: now, count: 0 };
    this.#run.count++;
    if (backend === this.#current || this.#run.count < CHANGE) return undefined;
    const change = `${versionName(this.#current)} → ${versionName(backend)} at ${timeOfDay(this.#run.since)}`;
    this.#current = backend;
    this.#changes.push(change);
    return change;
  }

  /** The share of each version in the last ten seconds, 0 to 1. */
  recent(): Record<string, number> {
    const counts = new Map<string, number>();
    for (const backend of this.#recent) count(counts, backend);
    return shares(counts);
  }

  /** The results so far, for `--json`. */
  summary() {
    return {
      requests: this.#total,
      versions: shares(this.#versions),
      statuses: shares(this.#statuses),
      ...this.latencies.percentiles(),
      changes: this.#changes,
    };
  }

  /** `11.0 75% 12.0 25% | 200 100% | 40 requests` */
  toString(): string {
    return [inWords(this.#versions), inWords(this.#statuses), `${this.#total} requests`].join(" | ");
  }

  /** The results so far, as text. */
  describe(): string {
    const changes = this.#changes;
    const seen = changes.length === 0 ? "no change" : `${changes.length} changes, the last ${changes.at(-1)}`;
    return `${this.toString()}\n${this.latencies.toString()}, ${seen}`;
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
