import { expect, test } from "vitest";
import { countOf, secondsOf } from "../../../src/ui/page/seconds.ts";
import { resultOf, resultsOf } from "../../support/results.ts";

test("counts the results of each complete second, errors apart", () => {
  const weights = { blue: 50, green: 50 };
  const seconds = secondsOf(
    [
      ...resultsOf({ blue: 3, unknown: 1 }, { at: 1000 }),
      resultOf("green", { at: 1999, ok: false, weights }),
      ...resultsOf({ green: 1 }, { at: 4000 }),
      ...resultsOf({ green: 1 }, { at: 5000 }),
    ],
    5500,
  );
  expect(seconds.map(({ number, total }) => [number, total])).toEqual([
    [1, 5],
    [4, 1],
  ]);
  expect(seconds[0]).toMatchObject({ counts: [0, 3, 0, 1, 0, 0, 1], weights });
});

test("the count of a colour has its errors", () => {
  const [second] = secondsOf([resultOf("green"), resultOf("green", { ok: false })], 1000);
  expect(second && countOf(second, "green")).toBe(2);
});
