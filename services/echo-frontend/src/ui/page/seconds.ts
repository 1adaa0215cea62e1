import type { Result, Source, Weights } from "./result.ts";

/** The part of the results of one second that come from one source, without or with an error. */
export interface Band {
  source: Source;
  ok: boolean;
}

/** From the bottom of the chart to its top. The errors of blue and green are at the edges, next to their own colour. */
export const BANDS: readonly Band[] = [
  { source: "blue", ok: false },
  { source: "blue", ok: true },
  { source: "green", ok: true },
  { source: "green", ok: false },
  { source: "other", ok: true },
  { source: "other", ok: false },
  { source: "unknown", ok: false },
];

/** The results of one second. */
export interface Second {
  /** The number of the second: `at` divided by 1000. */
  number: number;
  total: number;
  /** The number of results of each band. */
  counts: readonly number[];
  /** The last weights of this second, if they are known. */
  weights: Weights | undefined;
}

/** The complete seconds before `now`, in ms, that have results. The current one would jump with each response. */
export function secondsOf(results: readonly Result[], now: number): Second[] {
  const current = Math.floor(now / 1000);
  const grouped = Map.groupBy(results, ({ at }) => Math.floor(at / 1000));
  return [...grouped]
    .filter(([number]) => number < current)
    .map(([number, own]) => ({
      number,
      total: own.length,
      counts: BANDS.map(
        ({ source, ok }) => own.filter((result) => result.source === source && result.ok === ok).length,
      ),
      weights: own.findLast((result) => result.weights)?.weights,
    }));
}

/** The number of results of a colour in a second, with its errors. */
export function countOf(second: Second, source: Source): number {
  return BANDS.reduce(
    (sum, band, index) => sum + (band.source === source ? (second.counts[index] ?? 0) : 0),
    0,
  );
}
