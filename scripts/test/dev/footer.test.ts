import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { describeFooter, type FooterContent } from "../../src/dev/footer.ts";
import { planDev } from "../../src/dev/plan.ts";
import { weightsOf } from "../../src/domain/weights.ts";

const content: FooterContent = {
  plan: planDev(),
  weights: weightsOf("green", 25),
  counts: { blue: { requests: 374, errors: 0 }, green: { requests: 126, errors: 38 } },
  states: new Map(),
  keys: "b blue",
  message: "",
};
const STANDARD = { columns: 80, rows: 24 };

/** The lines without colours. */
const footer = (changes: Partial<FooterContent> = {}, size = STANDARD) =>
  describeFooter({ ...content, ...changes }, size).map(stripVTControlCharacters);

test("weights, shares and errors are those of each colour", () => {
  const [head, blue, green, ...rest] = footer();
  expect(head?.split(/ {2,}/)).toEqual(["last 10 s", "weight", "share", "requests", "errors"]);
  expect(blue?.split(/ {2,}/)).toEqual(["blue 11.0", "75 %", "█".repeat(23), "74.8 %", "374", "0"]);
  expect(green?.split(/ {2,}/)).toEqual(["green 12.0", "25 %", "▓".repeat(8), "25.2 %", "126", "38"]);
  expect(rest).toEqual(["b blue", ""]);
});

test("without requests no share is shown", () => {
  const none = { requests: 0, errors: 0 };
  const [, blue] = footer({ counts: { blue: none, green: none } });
  expect(blue?.split(/ {2,}/)).toEqual(["blue 11.0", "75 %", "–", "0", "0"]);
});

test("a service that does not run says so in place of its bar, also the frontend", () => {
  const states = new Map([
    ["green", "was killed by SIGKILL"],
    ["frontend", "starting"],
  ] as const);
  const [, , green, frontend] = footer({ states });
  expect(green).toMatch(/^green 12\.0 .* 25 % {2}was killed by SIGKILL .* 25\.2 %/);
  expect(frontend).toMatch(/^frontend 2\.0 +starting$/);
});

test("it fits 80 columns, with any numbers", () => {
  const many = { requests: 1_234_567, errors: 123_456 };
  for (const line of footer({ counts: { blue: many, green: many } }))
    expect(line.length).toBeLessThanOrEqual(80);
});

test.each([
  [39, 24],
  [80, 11],
  [0, 0],
  [NaN, NaN],
])("a terminal of %d columns and %d rows has none", (columns, rows) => {
  expect(footer({}, { columns, rows })).toEqual([]);
});

test("a narrow terminal shows the weights and no bar", () => {
  expect(footer({}, { columns: 40, rows: 12 })[1]).toMatch(/^blue 11\.0 +75 % /);
});
