import { type Color, COLORS } from "../domain/color.ts";

/** The time that the counts cover. */
export const COUNTED_SECONDS = 10;

/** The requests of one colour. */
export interface Counts {
  requests: number;
  /** Those that failed: a status of 500 or more, or no response. */
  errors: number;
}

const none = (): Record<Color, Counts> => ({
  blue: { requests: 0, errors: 0 },
  green: { requests: 0, errors: 0 },
});

/** Counts the requests of the last ten seconds, by the colour to which they went. */
export class TrafficCounts {
  readonly #seconds = new Map<number, Record<Color, Counts>>();
  readonly #now: () => number;

  /** @param now a clock, in ms */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  add(color: Color, isError: boolean): void {
    const second = this.#forgetOld();
    const counts = this.#seconds.get(second) ?? none();
    this.#seconds.set(second, counts);
    counts[color].requests++;
    if (isError) counts[color].errors++;
  }

  recent(): Record<Color, Counts> {
    this.#forgetOld();
    const sum = none();
    for (const counts of this.#seconds.values())
      for (const color of COLORS) {
        sum[color].requests += counts[color].requests;
        sum[color].errors += counts[color].errors;
      }
    return sum;
  }

  /** @returns the current second */
  #forgetOld(): number {
    const current = Math.floor(this.#now() / 1000);
    for (const second of this.#seconds.keys())
      if (second <= current - COUNTED_SECONDS) this.#seconds.delete(second);
    return current;
  }
}
