/** How an answer is drawn. */
export type Look = "blue" | "green" | "error" | "other";

/** One answer to the page. */
export interface Answer {
  /** When it came, in ms. */
  at: number;
  milliseconds: number;
  /** The backend's version, or what stands for it: `none`, `error`. */
  backend: string;
  look: Look;
}

/** More answers than these are forgotten, the oldest first. */
export const MOST_ANSWERS = 4000;

/** The newest answers, and counts of all of them. */
export class Answers {
  #newest: Answer[] = [];
  #total = 0;
  #counts = new Map<string, number>();

  add(answer: Answer): void {
    this.#newest.push(answer);
    // Cut in blocks: taking one from the front each time would move all the others.
    if (this.#newest.length > MOST_ANSWERS * 1.25) this.#newest = this.#newest.slice(-MOST_ANSWERS);
    this.#total++;
    this.#counts.set(answer.backend, (this.#counts.get(answer.backend) ?? 0) + 1);
  }

  clear(): void {
    this.#newest = [];
    this.#total = 0;
    this.#counts.clear();
  }

  get total(): number {
    return this.#total;
  }

  /** The newest `most`, the oldest of them first. */
  newest(most: number): readonly Answer[] {
    return this.#newest.slice(-most);
  }

  /** Those that came after a moment. */
  since(at: number): readonly Answer[] {
    const first = this.#newest.findLastIndex((answer) => answer.at < at) + 1;
    return this.#newest.slice(first);
  }

  /** Share of each version over all, 0 to 1. */
  overall(): [string, number][] {
    return shares(this.#counts);
  }
}

/** Share of each version among some answers, 0 to 1, in the order of their names. */
export function sharesOf(answers: readonly Answer[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { backend } of answers) counts.set(backend, (counts.get(backend) ?? 0) + 1);
  return shares(counts);
}

function shares(counts: ReadonlyMap<string, number>): [string, number][] {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .map(([name, count]): [string, number] => [name, count / total])
    .toSorted(([a], [b]) => a.localeCompare(b));
}

/** The latency that `share` of the answers do not exceed, in ms; undefined of none. */
export function latency(answers: readonly Answer[], share: number): number | undefined {
  const sorted = answers.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
