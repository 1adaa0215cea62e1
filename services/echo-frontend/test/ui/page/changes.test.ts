import { expect, test } from "vitest";
import { changesOf } from "../../../src/ui/page/changes.ts";
import { secondsOf } from "../../../src/ui/page/seconds.ts";
import { resultsOf } from "../../support/results.ts";

/** A minute whose share of green, of `rate` results per second, is `green(second)`. */
function minute(rate: number, green: (second: number) => number) {
  const results = Array.from({ length: 60 }, (_, second) => {
    const count = Math.round(rate * green(second));
    return resultsOf({ green: count, blue: rate - count }, { at: second * 1000 });
  });
  return secondsOf(results.flat(), 60_000);
}

test("known weights mark each of their changes", () => {
  const results = [0, 0, 5, 5, 25].flatMap((green, second) =>
    resultsOf({ blue: 1 }, { at: second * 1000, weights: { green, blue: 100 - green } }),
  );
  expect(changesOf(secondsOf(results, 60_000))).toEqual([
    { second: 2, green: 5, known: true },
    { second: 4, green: 25, known: true },
  ]);
});

test("without weights, the responses show a change", () => {
  expect(changesOf(minute(8, (second) => (second < 30 ? 0 : 1)))).toEqual([
    { second: 30, green: 100, known: false },
  ]);
  const steps = minute(40, (second) => (second < 20 ? 0 : second < 40 ? 0.5 : 1));
  expect(changesOf(steps).map(({ second, green }) => [second, green])).toEqual([
    [20, 50],
    [40, 100],
  ]);
});

test("a colour that only errors changes the share too", () => {
  const results = Array.from({ length: 60 }, (_, second) =>
    resultsOf(second < 30 ? { blue: 8 } : { green: 8 }, { at: second * 1000, ok: second < 30 }),
  );
  expect(changesOf(secondsOf(results.flat(), 60_000)).map(({ second }) => second)).toEqual([30]);
});

test("steady traffic has no change, nor has too little of it", () => {
  let state = 7;
  const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
  for (let i = 0; i < 50; i++) {
    const noise = minute(8, () => Math.round(8 * (0.5 + (random() - 0.5) / 3)) / 8);
    expect(changesOf(noise)).toEqual([]);
  }
  expect(changesOf(minute(1, (second) => (second < 30 ? 0 : 1)))).toEqual([]);
});
