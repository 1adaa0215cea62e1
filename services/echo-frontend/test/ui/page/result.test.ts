import { describe, expect, test } from "vitest";
import { parseWeights, sourceOf } from "../../../src/ui/page/result.ts";

describe("the source of a response", () => {
  test.each([
    ["green", "", "green"],
    ["green", "13.0", "green"],
    ["blue", "12.0", "blue"],
    [null, "11.0", "other"],
    [null, "none", "other"],
    [null, "", "unknown"],
    ["red", "", "unknown"],
  ])("with the colour %s and the version %j is %s", (color, version, source) => {
    expect(sourceOf(color, version)).toBe(source);
  });
});

test.each([
  ["blue=75,green=25", { blue: 75, green: 25 }],
  ["blue=75,green=26", undefined],
  ["green=25,blue=75", undefined],
  ["blue=x,green=25", undefined],
  ["", undefined],
  [null, undefined],
])("the weights in the header %j are %j", (header, weights) => {
  expect(parseWeights(header)).toEqual(weights);
});
