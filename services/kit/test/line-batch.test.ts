import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { LineBatch } from "../src/line-batch.ts";

test("hands lines on together, in their order, once they are enough", () => {
  const written: string[] = [];
  const batch = new LineBatch({ write: (lines) => written.push(lines.toString()) }, 3_600_000);
  const lines = Array.from({ length: 1000 }, (_, number) => `${String(number).padStart(99)}\n`);
  for (const line of lines) batch.write(line);
  batch.flush();
  batch.flush();
  expect(written.join("")).toBe(lines.join(""));
  expect(written.length).toBeGreaterThan(1);
  expect(written.length).toBeLessThan(10);
});

test.each([1, 10_000, 32 * 1024, 100_000])(
  "keeps a line of %d characters whole, whatever they are",
  (length) => {
    const written: Buffer[] = [];
    const batch = new LineBatch({ write: (lines) => written.push(Buffer.from(lines)) }, 3_600_000);
    const lines = ["a", "\u00e9", "\u20ac", "\u{1f600}"].map((character) => `${character.repeat(length)}\n`);
    for (const line of lines) batch.write(line);
    batch.flush();
    expect(Buffer.concat(written).toString()).toBe(lines.join(""));
  },
);

test("hands on a lonely line after the longest wait", async () => {
  const written: string[] = [];
  new LineBatch({ write: (lines) => written.push(lines.toString()) }, 5).write("a\n");
  while (written.length === 0) await pause(1);
  expect(written).toEqual(["a\n"]);
});
