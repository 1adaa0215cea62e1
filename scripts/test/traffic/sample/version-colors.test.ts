import { expect, test } from "vitest";
import { versionColors } from "../../../src/traffic/sample/version-colors.ts";

test("two versions tell the colours apart, and one version does not", () => {
  expect([...versionColors({ blue: "11.0", green: "12.0" })]).toEqual([
    ["11.0", "blue"],
    ["12.0", "green"],
  ]);
  expect([...versionColors({ blue: "11.0", green: undefined })]).toEqual([["11.0", "blue"]]);
  expect([...versionColors({ blue: "11.0", green: "11.0" })]).toEqual([]);
});
