import { fstatSync } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { pino, type Logger } from "pino";
import sonicBoom from "sonic-boom";
import { type AccessLog, createAccessLog } from "./access-log.ts";
import { LineBatch } from "./line-batch.ts";
import { isoTime } from "./iso-time.ts";

declare module "sonic-boom" {
  interface SonicBoom {
    /** What `contentMode: "buffer"` takes; its own types tell of strings alone. */
    write(lines: Buffer): boolean;
  }
}

const STDOUT = 1;
/** How long exit waits for a reader of stdout that has stalled, in ms. */
const FLUSH_TIMEOUT_MS = 1000;

export interface Logging {
  logger: Logger;
  accessLog: AccessLog;
  /** Writes what is buffered; gives up after a second when stdout is blocked. */
  flush(): Promise<void>;
  /** How many lines were lost so far because stdout took no more. */
  droppedLines(): number;
}

/** How long a line may wait for others to be written with, in ms. */
const MAX_WAIT_MS = 250;

/** JSON lines on stdout, written asynchronously in batches, visible within 250 ms. */
export function createLogging(options: { level: string; service: string; version: string; color: string }) {
  const { level, service, version, color } = options;
  const destination = openStdout();
  const lines = new LineBatch(destination, MAX_WAIT_MS);
  const base = { service, version, ...(color && { color }) };
  const logger = pino(
    {
      level,
      base,
      timestamp: isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  );
  const flush = async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    lines.flush();
    destination.flush(() => resolve());
    await Promise.race([promise, sleep(FLUSH_TIMEOUT_MS)]);
  };
  const accessLog = createAccessLog(logger, base, lines);
  return { logger, accessLog, flush, droppedLines: countDropped(destination, logger) } satisfies Logging;
}

/** Counts the lines that are dropped, a batch at a time, and says so once lines are written again. */
function countDropped(destination: sonicBoom.SonicBoom, logger: Logger): () => number {
  let dropped = 0;
  let told = 0;
  destination.on("drop", (batch: Buffer) => (dropped += batch.toString().split("\n").length - 1));
  // A full disk, or a reader that is gone. What could not be written is tried again with the next line.
  destination.on("error", () => undefined);
  destination.on("drain", () => {
    if (dropped === told) return;
    logger.warn({ lines: dropped - told }, "lines of this log were dropped, because stdout took no more");
    told = dropped;
  });
  return () => dropped;
}

function openStdout(): sonicBoom.SonicBoom {
  const stdout = fstatSync(STDOUT);
  // Wrapping a pipe in a Socket makes it non-blocking. Otherwise a write that a stalled reader blocks would sit
  // in a thread that process.exit() waits for, however long that takes.
  if (stdout.isFIFO() || stdout.isSocket()) new Socket({ fd: STDOUT, readable: false, writable: true });
  return new sonicBoom.SonicBoom({
    fd: STDOUT,
    sync: false,
    contentMode: "buffer",
    // Batches come from LineBatch; 0 would not wait for what is being written at a flush.
    minLength: 1,
    // Past this, lines are dropped rather than memory filled.
    maxLength: 16 * 1024 * 1024,
  });
}
