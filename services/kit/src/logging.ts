import { setTimeout as sleep } from "node:timers/promises";
import { pino, type Logger } from "pino";
import type { SonicBoom } from "sonic-boom";
import { type AccessLog, createAccessLog } from "./access-log.ts";
import { isoTime } from "./iso-time.ts";
import { LineBatch } from "./line-batch.ts";
import { LogOutput } from "./log-output.ts";

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

/** JSON lines on stdout, written in batches, visible within 250 ms. */
export function createLogging(options: { level: string; service: string; version: string; color: string }) {
  const { level, service, version, color } = options;
  const output = new LogOutput(STDOUT);
  const lines = new LineBatch(output, MAX_WAIT_MS);
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
    output.queue.flush(() => resolve());
    await Promise.race([promise, sleep(FLUSH_TIMEOUT_MS)]);
  };
  const accessLog = createAccessLog(logger, base, lines);
  return { logger, accessLog, flush, droppedLines: countDropped(output.queue, logger) } satisfies Logging;
}

/** Counts the lines that are dropped, a batch at a time, and says so once lines are written again. */
function countDropped(queue: SonicBoom, logger: Logger): () => number {
  let dropped = 0;
  let told = 0;
  queue.on("drop", (batch: Buffer) => (dropped += batch.toString().split("\n").length - 1));
  // A full disk, or a reader that is gone. What could not be written is tried again with the next line.
  queue.on("error", () => undefined);
  queue.on("drain", () => {
    if (dropped === told) return;
    logger.warn({ lines: dropped - told }, "lines of this log were dropped, because stdout took no more");
    told = dropped;
  });
  return () => dropped;
}
