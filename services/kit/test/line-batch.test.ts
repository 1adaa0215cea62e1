import { setTimeout as pause } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { LineBatch } from "../src/line-batch.ts";

test("hands lines on together, in their order, once they are enough", () => {
  const written: string[] = [];
  const batch = new LineBatch({ write: (lines) => written.push(lines) }, 3_600_000);
  const lines = Array.from({ length: 1000 }, (_, number) => `${String(number).padStart(99)}\n`);
  for (const line of lines) batch.write(line);
  batch.flush();
  batch.flush();
  expect(written.join("")).toBe(lines.join(""));
  expect(written.length).toBeGreaterThan(1);
  expect(written.length).toBeLessThan(10);
});

test("hands on a lonely line after the longest wait", async () => {
  const write = vi.fn<(lines: string) => void>();
  new LineBatch({ write }, 5).write("a\n");
  while (write.mock.calls.length === 0) await pause(1);
  expect(write.mock.calls).toEqual([["a\n"]]);
});
