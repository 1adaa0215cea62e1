import { answeredBackend } from "./answered-backend.ts";

/** Counts answers by what they say and by status. */
export class Tally {
  #total = 0;
  readonly #versions = new Map<string, number>();
  readonly #statuses = new Map<string, number>();

  /** `status` is curl's: 000 where there was no answer. */
  add(body: string, status: string): void {
    this.#total++;
    count(this.#versions, answeredBackend(body));
    count(this.#statuses, status);
  }

  /** `11.0 75% 12.0 25% | 200 100% | 40 requests` */
  toString(): string {
    return [this.#shares(this.#versions), this.#shares(this.#statuses), `${this.#total} requests`].join(
      " | ",
    );
  }

  #shares(counts: Map<string, number>): string {
    return [...counts]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, number]) => `${name} ${Math.round((number / this.#total) * 100)}%`)
      .join(" ");
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
