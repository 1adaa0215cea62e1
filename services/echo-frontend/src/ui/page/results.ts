/** How a result is drawn. */
export type Look = "blue" | "green" | "error" | "other";

/** The result of one request of the page. */
export interface Result {
  /** When it arrived, in ms. */
  at: number;
  milliseconds: number;
  /** The backend's version, `none` or `error`. */
  backend: string;
  look: Look;
}

/** The results that are kept, at most; the oldest are removed first. */
export const MAX_RESULTS = 4000;

/** The newest results, and counts of all. */
export class Results {
  /** The number of all results. */
  total = 0;
  #newest: Result[] = [];
  #counts = new Map<string, number>();

  add(result: Result): void {
    this.#newest.push(result);
    // In blocks, because removing the first element moves all others.
    if (this.#newest.length > MAX_RESULTS * 1.25) this.#newest = this.#newest.slice(-MAX_RESULTS);
    this.total++;
    this.#counts.set(result.backend, (this.#counts.get(result.backend) ?? 0) + 1);
  }

  clear(): void {
    this.#newest = [];
    this.total = 0;
    this.#counts.clear();
  }

  /** The newest `count`, in the order of their arrival. */
  newest(count: number): readonly Result[] {
    return this.#newest.slice(-count);
  }

  /** The results from `at`, in ms, on. */
  since(at: number): readonly Result[] {
    const first = this.#newest.findLastIndex((result) => result.at < at) + 1;
    return this.#newest.slice(first);
  }

  /** The share of each version in all results, from 0 to 1. */
  overall(): [string, number][] {
    return shares(this.#counts);
  }
}

/** The share of each version in some results, from 0 to 1, sorted by version. */
export function sharesOf(results: readonly Result[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { backend } of results) counts.set(backend, (counts.get(backend) ?? 0) + 1);
  return shares(counts);
}

function shares(counts: ReadonlyMap<string, number>): [string, number][] {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .map(([name, count]): [string, number] => [name, count / total])
    .toSorted(([a], [b]) => a.localeCompare(b));
}

/** The latency that `share` of the results (0 to 1) do not exceed, in ms; undefined if there are no results. */
export function latency(results: readonly Result[], share: number): number | undefined {
  const sorted = results.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
