import { timeOfDay } from "../lib/terminal.ts";
import { Latencies } from "./latencies.ts";
import type { Share } from "./live-view.ts";
import type { WatchedResponse } from "./watched-response.ts";

/** For how long a response is recent. */
export const RECENT_SECONDS = 10;
/** This many responses in a row from another backend count as a change. Fewer may be chance, with a weight of both. */
const CHANGE = 10;

/** Counts responses by version and by status. */
export class Tally {
  readonly latencies = new Latencies();
  #total = 0;
  /** The name of the backend that responds, until a long enough run of another one. */
  #current: string | undefined;
  /** The last consecutive responses of one backend. */
  #run: { name: string; since: Date; count: number } | undefined;
  #recent: (Pick<Share, "name" | "color"> & { at: number })[] = [];
  /** When the last response arrived. Before the first one: when its request was sent. */
  #respondedAt: Date | undefined;
  readonly #versions = new Map<string, number>();
  readonly #statuses = new Map<number, number>();
  readonly #changes: string[] = [];

  /**
   * Counts one response.
   * @returns the change that it completes, such as `blue 11.0 → green 12.0 at 12:01:07`, with the time of its first answer
   */
  add({ backend, color, status, milliseconds }: WatchedResponse, now = new Date()): string | undefined {
    const name = color === undefined ? backend : `${color} ${backend}`;
    this.#total++;
    count(this.#versions, backend);
    count(this.#statuses, status);
    if (status !== 0) this.#respondedAt = now;
    this.#respondedAt ??= new Date(now.getTime() - milliseconds);
    this.#forgetOld(now);
    this.#recent.push({ name, color, at: now.getTime() });
    this.latencies.add(milliseconds);
    return this.#changeBy(name, now);
  }

  #changeBy(name: string, now: Date): string | undefined {
    this.#current ??= name;
    if (this.#run?.name !== name) this.#run = { name, since: now, count: 0 };
    this.#run.count++;
    if (name === this.#current || this.#run.count < CHANGE) return undefined;
    const change = `${this.#current} → ${name} at ${timeOfDay(this.#run.since)}`;
    this.#current = name;
    this.#changes.push(change);
    return change;
  }

  #forgetOld(now: Date): void {
    const from = now.getTime() - RECENT_SECONDS * 1000;
    this.#recent = this.#recent.filter(({ at }) => at > from);
  }

  /** For how many whole seconds no response has arrived. */
  silence(now = new Date()): number {
    return Math.floor((now.getTime() - (this.#respondedAt ?? now).getTime()) / 1000);
  }

  /** The share of each backend in the last seconds. */
  recent(now = new Date()): Share[] {
    this.#forgetOld(now);
    const byName = Map.groupBy(this.#recent, ({ name }) => name);
    return Array.from(byName, ([name, own]) => ({
      name,
      color: own[0]?.color,
      share: own.length / this.#recent.length,
    }));
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
