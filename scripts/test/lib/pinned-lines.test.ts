import { beforeEach, describe, expect, test } from "vitest";
import { PinnedLines } from "../../src/lib/pinned-lines.ts";
import { Emulator } from "../support/emulator.ts";

const FOOTER = ["== weights", "== keys"];
let terminal: Emulator;
let lines: PinnedLines;

beforeEach(() => {
  terminal = new Emulator(20, 8);
  lines = new PinnedLines(terminal);
});

/** Fills the screen and more. */
async function printMany(count = 12): Promise<string[]> {
  const printed = Array.from({ length: count }, (_, at) => `line ${at}`);
  for (const line of printed) lines.print(line);
  await terminal.read();
  return printed;
}

test("pinned lines follow what was printed, until they are at the bottom", async () => {
  lines.print("first");
  lines.pin(FOOTER);
  lines.print("second");
  await terminal.read();
  expect(terminal.all()).toEqual(["first", "second", ...FOOTER]);
  const printed = await printMany();
  expect(terminal.all()).toEqual(["first", "second", ...printed, ...FOOTER]);
  expect(terminal.screen().slice(-2)).toEqual(FOOTER);
});

describe("pinned lines are on the screen at any time", () => {
  test.each([
    ["one line", "one"],
    ["lines that fill the screen", Array.from({ length: 50 }, (_, at) => `row ${at}`).join("\n")],
    ["a line that is wider than the terminal", "x".repeat(75)],
    ["a line as wide as the terminal", "x".repeat(20)],
    ["wide characters", "漢字".repeat(20)],
    ["tabs", "a\tb\tc\td\te\tf"],
    ["nothing", ""],
  ])("while %s is printed", async (_what, text) => {
    await printMany();
    lines.pin(FOOTER);
    await terminal.read();
    lines.print(text);
    lines.print("end");
    const screens = await terminal.read();
    expect(screens.length).toBeGreaterThan(0);
    for (const screen of screens) expect(screen).toEqual(expect.arrayContaining(FOOTER));
    expect(terminal.screen().slice(-3)).toEqual(["end", ...FOOTER]);
    const printed = terminal.all().slice(12, -3).join("").replaceAll(" ", "");
    expect(printed).toBe(text.replaceAll(/\s/g, ""));
  });

  test("while they change, become more and become fewer", async () => {
    await printMany();
    lines.pin(["weights 0", "keys"]);
    await terminal.read();
    for (const next of [
      ["weights 1", "keys"],
      ["weights 1", "a", "b", "keys"],
      ["weights 2", "keys"],
    ]) {
      lines.pin(next);
      for (const screen of await terminal.read())
        expect(screen.join("\n")).toMatch(/weights \d?[^]*^keys?$/m);
      expect(terminal.screen().join("\n").trimEnd().split("\n").slice(-next.length)).toEqual(next);
    }
    lines.print("after");
    await terminal.read();
    expect(terminal.all().slice(-3)).toEqual(["after", "weights 2", "keys"]);
  });
});

test("a pinned line that is wider than the terminal is cut off", async () => {
  lines.pin(["x".repeat(30), "keys"]);
  await terminal.read();
  expect(terminal.all()).toEqual(["x".repeat(20), "keys"]);
});

test("an unchanged footer writes nothing", async () => {
  lines.pin(FOOTER);
  await terminal.read();
  lines.pin([...FOOTER]);
  expect(await terminal.read()).toEqual([]);
});

test("nothing of the pinned lines is left after they are removed", async () => {
  const printed = await printMany();
  lines.pin(FOOTER);
  lines.print("before");
  lines.pin([]);
  lines.print("after");
  await terminal.read();
  expect(terminal.all()).toEqual([...printed, "before", "after"]);
});

test.each([
  ["narrower", 10, 8],
  ["lower", 20, 4],
  ["wider", 60, 8],
  ["higher", 20, 20],
  ["smaller", 9, 3],
])("after the terminal became %s, the pinned lines are there once", async (_how, columns, rows) => {
  await printMany();
  lines.pin(FOOTER);
  await terminal.read();
  terminal.resize(columns, rows);
  lines.redraw();
  lines.pin(FOOTER);
  lines.print("new");
  await terminal.read();
  const cut = FOOTER.map((row) => row.slice(0, columns));
  const below = ["line 11", "new", ...cut].slice(-rows);
  const screen = terminal.screen().filter((row) => row !== "");
  expect(screen.slice(-below.length)).toEqual(below);
  expect(screen.filter((row) => row.startsWith("=="))).toEqual(cut);
});

test("without pinned lines a long line stays whole, so that a person can copy it", () => {
  const output: string[] = [];
  const plain = new PinnedLines({ columns: 20, rows: 8, write: (text) => output.push(text) });
  plain.print("x".repeat(30));
  plain.pin(FOOTER);
  plain.pin([]);
  plain.print("y".repeat(30));
  expect(output.at(0)).toBe(`${"x".repeat(30)}\n`);
  expect(output.at(-1)).toBe(`${"y".repeat(30)}\n`);
});

test("a terminal of unknown size gets plain lines", async () => {
  const output: string[] = [];
  const unknown = new PinnedLines({ columns: 0, rows: 0, write: (text) => output.push(text) });
  unknown.print("x".repeat(100));
  unknown.pin([]);
  unknown.print("end");
  expect(output).toEqual([`${"x".repeat(100)}\n`, "end\n"]);
});
