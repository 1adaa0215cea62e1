import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { describeFooter, type FooterContent } from "../../src/dev/footer.ts";
import { planDev } from "../../src/dev/plan.ts";
import { summarizeKeys } from "../../src/dev/keys.ts";
import { NO_FAULTS } from "../../src/domain/fault.ts";
import { weightsOf } from "../../src/domain/weights.ts";
import { BINDINGS } from "../support/key-bindings.ts";

const content: FooterContent = {
  plan: planDev(),
  weights: weightsOf("green", 25),
  counts: { blue: { requests: 374, errors: 0 }, green: { requests: 126, errors: 38 } },
  states: new Map(),
  faultsOf: () => NO_FAULTS,
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

const FAULTS = { ...NO_FAULTS, errors: 20, delayMs: 200 };
/** The keys of `pnpm dev`, as the footer gets them. */
const KEYS = summarizeKeys(BINDINGS);

test("the faults of a colour are below its row", () => {
  const lines = footer({ faultsOf: (color) => (color === "green" ? FAULTS : undefined) });
  expect(lines[2]).toMatch(/^green 12\.0 /);
  expect(lines.slice(3)).toEqual(["  faults: 20 % errors, delay 200 ms", "b blue", ""]);
});

test("the keys fit 80 columns in one line", () => {
  expect(footer({ keys: KEYS })).toContain(KEYS);
});

describe.each([40, 48, 49, 50, 60, 79])("a terminal of %d columns", (columns) => {
  const size = { columns, rows: 12 };
  const MESSAGE = 'Unknown key "x": press Enter or Esc, then ? for the list of keys.';
  const full = footer({ keys: KEYS, faultsOf: () => FAULTS, message: MESSAGE }, size);

  test("shows weights, shares and errors of each colour, its faults, all keys and the message", () => {
    expect(full[0]).toMatch(/^last 10 s +weight +share .*errors *$/);
    expect(full[1]).toMatch(/^blue 11\.0 +75 % .*74\.8 % .* 0$/);
    expect(full[3]).toMatch(/^green 12\.0 +25 % .*25\.2 % .* 38$/);
    const text = full.join(" ");
    expect(text).toContain("faults: 20 % errors, delay 200 ms");
    for (const key of KEYS.split(" · ")) expect(text).toContain(key);
    expect(text).toContain(MESSAGE);
  });

  test("shows why a colour does not run", () => {
    const lines = footer({ states: new Map([["green", "was killed by SIGKILL"]]) }, size);
    expect(lines.join(" ")).toContain("was killed by SIGKILL");
  });

  test("has rows that fit, and room for a line above them", () => {
    const states = new Map([["frontend", "was killed by SIGKILL"]] as const);
    const most = footer({ keys: KEYS, faultsOf: () => FAULTS, message: MESSAGE, states }, size);
    for (const line of [...full, ...most]) expect(line.length).toBeLessThanOrEqual(columns);
    expect(most.length).toBeLessThan(size.rows);
  });
});
