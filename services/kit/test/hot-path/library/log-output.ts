import { pino } from "pino";
import type { SonicBoom } from "sonic-boom";

/** Bytes that sonic-boom collects before it writes, as pino's documentation recommends for asynchronous logging. */
const MIN_LENGTH = 4096;
const MAX_LENGTH = 16 * 1024 * 1024;

/** The output as pino.destination makes it: sonic-boom alone, asynchronous. */
export class LogOutput {
  readonly queue: SonicBoom;

  constructor(fd: number, maxWaitMs: number) {
    this.queue = pino.destination({
      dest: fd,
      sync: false,
      minLength: MIN_LENGTH,
      maxLength: MAX_LENGTH,
      periodicFlush: maxWaitMs,
    });
  }

  write(line: string): void {
    this.queue.write(line);
  }

  flush(done: () => void): void {
    this.queue.flush(done);
  }
}
