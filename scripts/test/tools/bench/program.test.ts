import { expect, test } from "vitest";
import { parseCount } from "../../../tools/bench/program.ts";

test.each(["0", "-1", "1.5", "1e3", "1001", "many", ""])("rejects the count %j", (text) => {
  expect(() => parseCount(text)).toThrow("Expected a whole number from 1 to 1000.");
});

test("parses a count", () => {
  expect(parseCount("5")).toBe(5);
});
