import { expect, test } from "vitest";
import { savingOf, savingTable } from "../../../../tools/bench/hot-path/report.ts";

const PIECE = { name: "iso-time", library: "toISOString", service: "echo-backend" } as const;
const rounds = (shipped: readonly number[], library: number) =>
  shipped.map((value) => ({ shipped: value, library }));

test("a saving is the median of the rounds, with its quartiles", () => {
  const saving = savingOf(PIECE, { rounds: rounds([9, 8, 10, 9.5, 7], 10), repeated: 1 });
  expect(saving.percent).toBeCloseTo(10, 10);
  expect(saving.quartiles.map((percent) => percent.toFixed(1))).toEqual(["5.0", "20.0"]);
  expect(saving).toMatchObject({ piece: "iso-time", microseconds: 1, rounds: 5, repeated: 1 });
});

test("the table marks a piece that saves less than 1 %", () => {
  const lines = savingTable([
    savingOf(PIECE, { rounds: rounds([9.95], 10), repeated: 0 }),
    savingOf({ ...PIECE, name: "durations" }, { rounds: rounds([9.8], 10), repeated: 2 }),
  ]).split("\n");
  expect(lines[1]).toMatch(/^iso-time .* 0\.5 % .* 0\.05 µs .* below 1 %$/);
  expect(lines[2]).toMatch(/^durations .* 2\.0 % .* 0\.20 µs .* 1 \(2 repeated\)$/);
});
