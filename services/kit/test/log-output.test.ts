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
import { expect, onTestFinished, test, vi } from "vitest";
import { LogOutput } from "../src/log-output.ts";

const BATCH_BYTES = 32 * 1024;
/** More than any pipe holds, and less than what makes lines dropped. */
const BATCHES = 100;

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

/** Writes batches from one buffer, which each overwrites, and returns what they were. */
function writeBatches(output: LogOutput, from: number, to: number): string {
  const buffer = Buffer.alloc(BATCH_BYTES);
  let all = "";
  for (let batch = from; batch < to; batch++) {
    buffer.fill(`batch ${batch}\n`);
    output.write(buffer);
    all += buffer.toString();
  }
  return all;
}

test("a pipe gets each byte once and in order, however late it is read", async () => {
  const { path, fd } = makePipe();
  const output = new LogOutput(fd);
  let written = writeBatches(output, 0, BATCHES);

  const reader = createReadStream(path, "utf8");
  let read = "";
  reader.on("data", (text) => (read += String(text)));
  // Now the pipe has room, and the queue has not looked again.
  await expect.poll(() => read.length).toBeGreaterThan(0);
  written += writeBatches(output, BATCHES, 2 * BATCHES);
  await expect.poll(() => read.length, { timeout: 10_000 }).toBe(written.length);
  expect(read === written).toBe(true);
  reader.destroy();
});

test("what a pipe has room for is in it before the write returns", () => {
  const { path, fd } = makePipe();
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(reader));
  new LogOutput(fd).write(Buffer.from("a line\n"));
  const read = Buffer.alloc(100);
  expect(read.toString("utf8", 0, readSync(reader, read))).toBe("a line\n");
});

test("a file gets each byte once and in order", async () => {
  const path = tempPath();
  const output = new LogOutput(openSync(path, "w"));
  const written = writeBatches(output, 0, BATCHES);
  await expect.poll(() => readFileSync(path, "utf8").length).toBe(written.length);
  expect(readFileSync(path, "utf8") === written).toBe(true);
});

test("what waits takes no more memory than its lines", () => {
  const output = new LogOutput(openSync(tempPath(), "w"));
  const waits = vi.spyOn(output.queue, "write").mockReturnValue(true);
  const buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  for (let i = 0; i < 1000; i++) output.write(buffer.subarray(0, buffer.write("a line\n")));
  const memory = new Set(waits.mock.calls.map(([lines]) => lines.buffer));
  expect(waits).toHaveBeenCalledTimes(1000);
  expect([...memory].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(100_000);
});
