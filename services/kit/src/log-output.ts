import { fstatSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import sonicBoom from "sonic-boom";

declare module "sonic-boom" {
  interface SonicBoom {
    /** What `contentMode: "buffer"` takes; its own types tell of strings alone. */
    write(lines: Buffer): boolean;
  }
}

/** Where the log goes, on its way waiting for no reader. */
export class LogOutput {
  /** Writes what waits in a thread, and drops what is too much. */
  readonly queue: sonicBoom.SonicBoom;
  readonly #fd: number;
  readonly #isPipe: boolean;
  #waiting = false;

  constructor(fd: number) {
    const file = fstatSync(fd);
    this.#fd = fd;
    this.#isPipe = file.isFIFO() || file.isSocket();
    // Wrapping a pipe in a Socket makes it non-blocking. Otherwise a write that a stalled reader blocks would sit
    // in a thread that process.exit() waits for, however long that takes.
    if (this.#isPipe) new Socket({ fd, readable: false, writable: true });
    this.queue = new sonicBoom.SonicBoom({
      fd,
      sync: false,
      contentMode: "buffer",
      // Batches come from LineBatch; 0 would not wait for what is being written at a flush.
      minLength: 1,
      // Past this, lines are dropped rather than memory filled.
      maxLength: 16 * 1024 * 1024,
    });
    this.queue.on("drain", () => (this.#waiting = false));
  }

  /** Takes all lines before it returns: their bytes may be overwritten then. */
  write(lines: Buffer): void {
    const written = this.#writeAtOnce(lines);
    if (written === lines.length) return;
    this.#waiting = true;
    this.queue.write(Buffer.from(lines.subarray(written)));
  }

  /**
   * Writes what a pipe has room for, where nothing waits before it: to wake a thread for that costs an answer 0.3 µs
   * more. @returns how many bytes
   */
  #writeAtOnce(lines: Buffer): number {
    if (!this.#isPipe || this.#waiting) return 0;
    try {
      return writeSync(this.#fd, lines);
    } catch {
      // The queue meets the same, and waits, or tells.
      return 0;
    }
  }
}
