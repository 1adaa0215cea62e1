import { expect, test } from "vitest";
import {
  allOn,
  describeWeights,
  liveColors,
  parseTarget,
  sameWeights,
  weightsOf,
} from "../../src/traffic/weights.ts";

test("a share for one colour leaves the rest to the other", () => {
  expect(weightsOf("green", 25)).toEqual({ blue: 75, green: 25 });
  expect(weightsOf("blue", 10)).toEqual({ blue: 10, green: 90 });
  expect(allOn("green")).toEqual({ blue: 0, green: 100 });
});

test("a colour is live while its weight is above 0", () => {
  expect(liveColors({ blue: 0, green: 100 })).toEqual(["green"]);
  expect(liveColors({ blue: 99, green: 1 })).toEqual(["blue", "green"]);
});

test("weights are told in words and compared by value", () => {
  expect(describeWeights({ blue: 75, green: 25 })).toBe("blue 75 %, green 25 %");
  expect(sameWeights({ blue: 1, green: 99 }, { green: 99, blue: 1 })).toBe(true);
  expect(sameWeights({ blue: 1, green: 99 }, { blue: 2, green: 98 })).toBe(false);
});

test("the target is said once, as a colour or as a share", () => {
  expect(parseTarget("green", {})).toEqual({ color: "green", percent: 100 });
  expect(parseTarget(undefined, { green: "25" })).toEqual({ color: "green", percent: 25 });
  expect(parseTarget(undefined, { blue: "0" })).toEqual({ color: "blue", percent: 0 });
});

test.each([
  [undefined, {}, "Say where the traffic goes, once"],
  ["green", { blue: "5" }, "Say where the traffic goes, once"],
  [undefined, { blue: "5", green: "5" }, "Say where the traffic goes, once"],
  ["red", {}, '"red" is no colour, allowed is blue or green'],
  [undefined, { green: "101" }, '"101" is no weight, allowed is a whole number from 0 to 100'],
  [undefined, { green: "2.5" }, '"2.5" is no weight'],
  [undefined, { green: "-1" }, '"-1" is no weight'],
  [undefined, { green: "" }, '"" is no weight'],
])("a target that makes no sense is refused: %s %o", (color, percents, message) => {
  expect(() => parseTarget(color, percents)).toThrow(message);
});
