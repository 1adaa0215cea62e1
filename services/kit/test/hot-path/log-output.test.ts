import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { LogOutput } from "../../src/hot-path/log-output.ts";
import { LogOutput as LibraryOutput } from "./library/log-output.ts";

const BATCH_BYTES = 32 * 1024;
/** So long that a test writes its batches itself, with flush. */
const NO_WAIT_LIMIT = 3_600_000;

function tempPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "log-output-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "log");
}

/** A pipe that stays open for both sides. */
function makePipe() {
  const path = tempPath();
  execFileSync("mkfifo", [path]);
  const fd = openSync(path, constants.O_RDWR);
  onTestFinished(() => closeSync(fd));
  return { path, fd };
}

function flush(output: { flush(done: () => void): void }): Promise<void> {
  return new Promise((resolve) => output.flush(resolve));
}

/** Numbered lines of 100 bytes. */
function numberedLines(count: number, first = 0): string[] {
  return Array.from({ length: count }, (_, number) => `${String(first + number).padStart(99)}\n`);
}

test("writes to a file what sonic-boom writes, for any lines", async () => {
  const long = fc
    .constantFrom("a", "é", "€", "😀")
    .chain((character) =>
      fc.integer({ min: 10_000, max: 100_000 }).map((length) => character.repeat(length)),
    );
  // No log line is empty. sonic-boom keeps a single byte that comes during a write until the next write.
  const short = fc.string({ unit: "grapheme", minLength: 1 });
  const line = fc.oneof({ weight: 5, arbitrary: short }, long).map((text) => `${text}\n`);
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
      const [path, libraryPath] = [tempPath(), tempPath()];
      const maxWaitMs = 1;
      const output = new LogOutput(openSync(path, "w"), maxWaitMs);
      const libraryOutput = new LibraryOutput(openSync(libraryPath, "w"), maxWaitMs);
      for (const each of lines) {
        output.write(each);
        libraryOutput.write(each);
      }
      const written = lines.join("");
      for (const each of [path, libraryPath])
        await expect.poll(() => readFileSync(each, "utf8") === written, { interval: 1 }).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a pipe gets each byte once and in order, however late it is read", async () => {
  const { path, fd } = makePipe();
  const output = new LogOutput(fd, NO_WAIT_LIMIT);
  // More than a pipe holds, and less than what makes the output drop lines.
  const first = numberedLines(30_000);
  for (const line of first) output.write(line);

  const reader = createReadStream(path, "utf8");
  onTestFinished(() => void reader.destroy());
  let read = "";
  reader.on("data", (text) => (read += String(text)));
  // Now the pipe has room, but the queue has not noticed.
  await expect.poll(() => read.length).toBeGreaterThan(0);
  const second = numberedLines(30_000, first.length);
  for (const line of second) output.write(line);
  await flush(output);
  const written = [...first, ...second].join("");
  await expect.poll(() => read.length, { timeout: 30_000 }).toBe(written.length);
  expect(read === written).toBe(true);
});

test("writes nothing before the batch is full, and then all of it at once into a pipe with room", () => {
  const { path, fd } = makePipe();
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(reader));
  const buffer = Buffer.alloc(2 * BATCH_BYTES);
  const output = new LogOutput(fd, NO_WAIT_LIMIT);
  const lines = numberedLines(BATCH_BYTES / 100);
  for (const line of lines.slice(0, 100)) output.write(line);
  expect(() => readSync(reader, buffer)).toThrow("EAGAIN");
  for (const line of lines.slice(100)) output.write(line);
  const bytes = readSync(reader, buffer);
  expect(bytes).toBeGreaterThan(10_000);
  expect(lines.join("").startsWith(buffer.toString("utf8", 0, bytes))).toBe(true);
});

test("writes a single line after the longest wait", async () => {
  const path = tempPath();
  new LogOutput(openSync(path, "w"), 5).write("a line\n");
  await expect.poll(() => readFileSync(path, "utf8")).toBe("a line\n");
});

test("lines in the queue take no more memory than their bytes", () => {
  const output = new LogOutput(openSync(tempPath(), "w"), NO_WAIT_LIMIT);
  const queued = vi.spyOn(output.queue, "write").mockReturnValue(true);
  const line = `${"a".repeat(5999)}\n`;
  for (let i = 0; i < 1000; i++) output.write(line);
  expect(queued.mock.calls.length).toBeGreaterThan(300);
  const memory = new Set(queued.mock.calls.map(([lines]) => lines.buffer));
  const bytes = [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(bytes).toBeLessThan(1.5 * 1000 * line.length);
});
