import { expect, test } from "vitest";
import { weightsOf } from "../../../src/domain/weights.ts";
import { needOf, readyAtOrigin } from "../../../src/traffic/check/capacity.ts";

const BLUE = { blue: 100, green: 0 };

/** What green needs for some shares, if blue had all traffic with `originReady` pods. */
function need(shares: readonly number[], originReady: number, minReady?: number) {
  const steps = shares.map((share) => weightsOf("green", share));
  return needOf("green", steps, { origin: BLUE, originReady, minReady })?.ready;
}

test.each([
  [[1], 1, 1],
  [[5], 4, 1],
  [[25], 4, 1],
  [[26], 4, 2],
  [[50], 3, 2],
  [[7], 100, 7],
  [[29], 100, 29],
  [[5, 50, 100], 3, 3],
  [[100], 0, 1],
])("steps of %j need of %d pods at the origin: %d", (shares, originReady, expected) => {
  expect(need(shares, originReady)).toBe(expected);
});

test("--min-ready replaces the share", () => {
  expect(need([1], 4, 3)).toBe(3);
  expect(need([100], 4, 3)).toBe(3);
});

test("a colour that gets no more traffic than before the shift needs nothing new", () => {
  const rule = { origin: { blue: 50, green: 50 }, originReady: 4, minReady: undefined };
  expect(needOf("green", [{ blue: 50, green: 50 }], rule)).toBeUndefined();
  expect(needOf("blue", [{ blue: 25, green: 75 }], rule)).toBeUndefined();
  expect(needOf("green", [{ blue: 25, green: 75 }], rule)).toEqual({
    ready: 3,
    reason: "75 % of the 4 at the origin",
  });
});

const ready = async (color: string) => (color === "blue" ? 2 : 5);

test("of two colours with traffic at the origin, the larger one counts", async () => {
  expect(await readyAtOrigin({ blue: 99, green: 1 }, ready)).toBe(5);
  expect(await readyAtOrigin(BLUE, ready)).toBe(2);
});
