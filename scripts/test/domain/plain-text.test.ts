import { expect, test } from "vitest";
import { parsePlainJson, plainLine, plainText } from "../../src/domain/plain-text.ts";

/** All characters of some ranges. */
function range(...ranges: readonly [number, number][]): string[] {
  return ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)),
  );
}

const C0 = range([0x00, 0x1f], [0x7f, 0x7f]);
const C1 = range([0x80, 0x9f]);
const BIDI = range([0x61c, 0x61c], [0x200e, 0x200f], [0x202a, 0x202e], [0x2066, 0x2069]);

test("removes every control character but tab and line feed", () => {
  const kept = [...C0, ...C1, ...BIDI].filter((character) => plainText(`a${character}b`) !== "ab");
  expect(kept).toEqual(["\t", "\n"]);
});

test.each([
  ["a title of the terminal", "\u001b]0;owned\u0007", "]0;owned"],
  ["a colour", "\u001b[31m11.0\u001b[0m", "[31m11.0[0m"],
  ["an escape sequence of one byte", "\u009b2J", "2J"],
  ["a line that overwrites another", "failed\rready ", "failedready "],
  ["reversed text", "\u202e0.11", "0.11"],
])("makes %s harmless", (_what, text, plain) => {
  expect(plainText(text)).toBe(plain);
});

test("keeps text of every language", () => {
  const text = "naïve 日本語 עברית 🚀\n\tEnd";
  expect(plainText(text)).toBe(text);
});

test("a line has no line feed and no tab", () => {
  expect(plainLine("11.0\n\tall is well")).toBe("11.0 all is well");
});

test("the strings of JSON are plain, also where JSON escapes a control character", () => {
  const text = '{"holder":"\\u001b[2Jme","items":["\\u009b1m",1,null]}';
  expect(parsePlainJson(text)).toEqual({ holder: "[2Jme", items: ["1m", 1, null] });
});
