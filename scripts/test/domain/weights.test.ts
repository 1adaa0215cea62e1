import { expect, test } from "vitest";
import { allOn, describeWeights, liveColors, sameWeights, weightsOf } from "../../src/domain/weights.ts";

test("a share of one colour leaves the rest to the other", () => {
  expect(weightsOf("green", 25)).toEqual({ blue: 75, green: 25 });
  expect(weightsOf("blue", 10)).toEqual({ blue: 10, green: 90 });
  expect(allOn("green")).toEqual({ blue: 0, green: 100 });
});

test("a colour is live if its weight is above 0", () => {
  expect(liveColors({ blue: 0, green: 100 })).toEqual(["green"]);
  expect(liveColors({ blue: 99, green: 1 })).toEqual(["blue", "green"]);
});

test("weights are described as text and compared by value", () => {
  expect(describeWeights({ blue: 75, green: 25 })).toBe("blue 75 %, green 25 %");
  expect(sameWeights({ blue: 1, green: 99 }, { green: 99, blue: 1 })).toBe(true);
  expect(sameWeights({ blue: 1, green: 99 }, { blue: 2, green: 98 })).toBe(false);
});
