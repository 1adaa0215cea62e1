import { fstatSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import sonicBoom from "sonic-boom";

declare module "sonic-boom" {
  interface SonicBoom {
    /** What `contentMode: "buffer"` accepts; sonic-boom's own types name strings only. */
    write(lines: Buffer): boolean;
  }
}

/** Bytes per write. A pipe takes 64 KiB without waiting for its reader. */
const BATCH_BYTES = 32 * 1024;
/** The most bytes that UTF-8 needs for one UTF-16 unit of a string. */
const MAX_UNIT_BYTES = 3;
/** If more bytes than this wait for a reader, further lines are dropped. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;

/**
 * Writes lines to a file descriptor in batches and never waits for its reader. A line becomes bytes at once, in one
 * buffer, and a batch goes straight into a pipe that has room: docs/performance.md, log output.
 */
export class LogOutput {
  /** Writes what a pipe has no room for in a thread. Emits `drop` with lines that are lost, and `drain`. */
  readonly queue: sonicBoom.SonicBoom;
  readonly #fd: number;
  readonly #isPipe: boolean;
  readonly #batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
  #length = 0;
  /** Whether earlier lines wait in the queue. */
  #queued = false;

  /** @param maxWaitMs how long a line may wait for others, in milliseconds */
  constructor(fd: number, maxWaitMs: number) {
    const file = fstatSync(fd);
    this.#fd = fd;
    this.#isPipe = file.isFIFO() || file.isSocket();
    // A Socket makes the pipe non-blocking. Without it, a write that a stalled reader blocks would occupy a thread, and
    // process.exit() waits for threads.
    if (this.#isPipe) new Socket({ fd, readable: false, writable: true });
    this.queue = new sonicBoom.SonicBoom({
      fd,
      sync: false,
      contentMode: "buffer",
      // With 0, a flush would not wait for the write in progress.
      minLength: 1,
      maxLength: MAX_QUEUED_BYTES,
    });
    this.queue.on("drain", () => (this.#queued = false));
    setInterval(() => this.#writeBatch(), maxWaitMs).unref();
  }

  /** Adds a line, which ends in a newline. */
  write(line: string): void {
    const maxBytes = line.length * MAX_UNIT_BYTES;
    if (this.#length + maxBytes > BATCH_BYTES) this.#writeBatch();
    if (maxBytes > BATCH_BYTES) this.#writeBytes(Buffer.from(line));
    else this.#length += this.#batch.write(line, this.#length);
  }

  /** Writes what is buffered, then calls `done`. */
  flush(done: () => void): void {
    this.#writeBatch();
    this.queue.flush(done);
  }

  #writeBatch(): void {
    if (this.#length === 0) return;
    this.#writeBytes(this.#batch.subarray(0, this.#length));
    this.#length = 0;
  }

  #writeBytes(lines: Buffer): void {
    const written = this.#writeToPipe(lines);
    if (written === lines.length) return;
    this.#queued = true;
    // A copy, because the batch is overwritten next.
    this.queue.write(Buffer.from(lines.subarray(written)));
  }

  /** Writes as much as a pipe has room for, if nothing is queued before it. @returns the number of bytes */
  #writeToPipe(lines: Buffer): number {
    if (!this.#isPipe || this.#queued) return 0;
    try {
      return writeSync(this.#fd, lines);
    } catch {
      // The queue meets the same error, and retries or reports it.
      return 0;
    }
  }
}
