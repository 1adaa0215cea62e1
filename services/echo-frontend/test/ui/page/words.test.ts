import { expect, test } from "vitest";
import { summarize } from "../../../src/ui/page/summary.ts";
import { describe, describeRate, milliseconds, percent, shareTexts } from "../../../src/ui/page/words.ts";
import { resultsOf } from "../../support/results.ts";

test("the headline consists of the texts of the shares", () => {
  const summary = summarize([...resultsOf({ blue: 5 }), ...resultsOf({ green: 3 }, { ok: false })]);
  expect(describe(summary, 10)).toBe("8 requests in 10 s: blue 11.0 62.5 %, green 37.5 %, errors 37.5 %");
  expect(shareTexts(summary).map(({ look }) => look)).toEqual(["blue", "green", "error"]);
  for (const { label, share } of shareTexts(summary))
    expect(describe(summary, 10)).toContain(`${label} ${share}`);
});

test("known weights are next to the share", () => {
  const summary = summarize(resultsOf({ blue: 1 }, { weights: { blue: 75, green: 25 } }));
  expect(shareTexts(summary)).toEqual([
    { look: "blue", label: "blue 11.0", share: "100 %", weight: "weight 75 %" },
    { look: "green", label: "green", share: "0 %", weight: "weight 25 %" },
  ]);
});

test("without requests there is no headline", () => {
  expect(describe(summarize([]), 10)).toBe("");
});

test("numbers have the digits that matter", () => {
  expect([0, 0.125, 1].map(percent)).toEqual(["0 %", "12.5 %", "100 %"]);
  expect([undefined, 8.44, 304.6].map(milliseconds)).toEqual(["–", "8.4 ms", "305 ms"]);
});

test("the real rate is shown if it is lower than the chosen one", () => {
  const texts = [undefined, 40, 37, 35.6, 0].map((real) => describeRate(40, real));
  expect(texts).toEqual(["40", "40", "40", "36 of 40", "0 of 40"]);
});
