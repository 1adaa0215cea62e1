import { expect, test } from "vitest";
import { savingOf, savingTable } from "../../../tools/bench/savings.ts";
import { sample } from "./support.ts";

const PIECE = { name: "iso-time", library: "toISOString", service: "echo-backend" } as const;
const STARTS = [{ ours: { ms: 50, MiB: 60 }, theirs: { ms: 54, MiB: 70 } }];
const compared = (ours: readonly number[], repeated: number) => ({
  rounds: ours.map((value) => ({ ours: sample(value), theirs: sample(10) })),
  repeated,
});

test("a saving is the median of the rounds, with its quartiles", () => {
  const saving = savingOf(PIECE, compared([9, 8, 10, 9.5, 7], 1), STARTS);
  expect(saving.percent).toBeCloseTo(10, 10);
  expect(saving.quartiles.map((percent) => percent.toFixed(1))).toEqual(["5.0", "20.0"]);
  expect(saving).toMatchObject({ piece: "iso-time", microseconds: 1, startMs: 4, MiB: 10, rounds: 5 });
});

test("the table marks a piece that saves less than 1 %", () => {
  const lines = savingTable([
    savingOf(PIECE, compared([9.95], 0), STARTS),
    savingOf({ ...PIECE, name: "durations" }, compared([9.8], 2), STARTS),
  ]).split("\n");
  expect(lines[1]).toMatch(/^iso-time .* 0\.5 % .* 0\.05 +4\.0 +10\.0 .* below 1 %$/);
  expect(lines[2]).toMatch(/^durations .* 2\.0 % .* 0\.20 .* 1 \(2 repeated\)$/);
});
