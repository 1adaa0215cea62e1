import { describe, expect, test } from "vitest";
import { compare, shownLines } from "./output.ts";

const isSame = (page: string[], lines: string[], isWhole = true) =>
  compare(page, lines, isWhole).used !== undefined;

describe("an output is as on the page", () => {
  test.each([
    { what: "with the same lines", page: ["a", "b"], lines: ["a", "b"] },
    { what: "with … for any text of a line", page: ["a … c", "…@…: x"], lines: ["a b b c", "me@here: x"] },
    { what: "with … for any lines", page: ["…", "b", "…"], lines: ["a", "a", "b"] },
    { what: "with other widths of a table", page: ["a   b"], lines: ["a     b"] },
    { what: "with characters of a pattern", page: ["a (b) [c] $1.*"], lines: ["a (b) [c] $1.*"] },
    { what: "with empty lines on the page", page: ["a", "", "b"], lines: ["a", "b"] },
  ])("$what", ({ page, lines }) => {
    expect(isSame(page, lines)).toBe(true);
  });
});

describe("an output differs", () => {
  test.each([
    { what: "with a changed word", page: ["a", "b"], lines: ["a", "c"], missing: "b" },
    { what: "with a missing line", page: ["a", "b"], lines: ["a"], missing: "b" },
    { what: "with another order", page: ["…", "a", "…", "b"], lines: ["b", "a"], missing: "b" },
    { what: "with one space instead of a table's", page: ["a  b"], lines: ["a b"], missing: "a  b" },
    { what: "with more lines", page: ["a"], lines: ["a", "b"], missing: undefined },
    { what: "with anything where the page has nothing", page: [], lines: ["a"], missing: undefined },
  ])("$what", ({ page, lines, missing }) => {
    expect(compare(page, lines, true)).toEqual({ used: undefined, missing });
  });
});

test("a running command may print more, and the next output continues there", () => {
  expect(compare(["…", "b"], ["a", "b", "c"], false)).toEqual({ used: 2, missing: undefined });
});

test("leaves out empty lines and progress, and no other line", () => {
  const progress = [
    "",
    "Connecting …",
    "Setting blue 75 %, green 25 % …",
    "green 25 %, 0/1000 samples, <60 s",
    "green 25 %, seen 24.8 %, 120/200 samples, errors 0.3/1 %, p99 12/24 ms, ~7 s",
    "❯ Deploy echo-traffic",
  ];
  const shown = [
    "Building …",
    "blue 75 %, green 25 %: observed green 24.8 % of 1000 requests after 1.2 s",
    "  pnpm shift abort",
    "The Gateway and the routes exist. Waiting for their controller …",
  ];
  expect(shownLines([...progress, ...shown].join("\n"))).toEqual(shown);
});
