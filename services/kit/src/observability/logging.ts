import { setTimeout as sleep } from "node:timers/promises";
import { pino, type Logger } from "pino";
import type { SonicBoom } from "sonic-boom";
import { type AccessLog, createAccessLog } from "../hot-path/access-log.ts";
import { isoTime } from "../hot-path/iso-time.ts";
import { LogOutput } from "../hot-path/log-output.ts";
import type { Build } from "./metrics.ts";

const STDOUT = 1;
/** How long the exit waits for a stalled reader of stdout, in ms. */
const FLUSH_TIMEOUT_MS = 1000;
/** How long a line may wait for others of its batch, in ms. */
const MAX_WAIT_MS = 250;

export interface Logging {
  logger: Logger;
  accessLog: AccessLog;
  /** Writes all buffered lines. Gives up after one second if stdout is blocked. */
  flush(): Promise<void>;
  /** The number of lines lost so far because stdout accepted no more. */
  droppedLines: () => number;
}

/** Logs JSON lines to stdout, in batches. A line is visible within 250 ms. */
export function createLogging(level: string, { service, version, color }: Build): Logging {
  const output = new LogOutput(STDOUT, MAX_WAIT_MS);
  const base = { service, version, ...(color && { color }) };
  const formatters = { level: (label: string) => ({ level: label }) };
  const logger = pino({ level, base, timestamp: isoTime, formatters }, output);
  return {
    logger,
    accessLog: createAccessLog(logger, base, output),
    flush: () =>
      Promise.race([new Promise<void>((resolve) => output.flush(resolve)), sleep(FLUSH_TIMEOUT_MS)]),
    droppedLines: countDropped(output.queue, logger),
  };
}

/** Counts dropped lines, and logs their number when lines are written again. */
function countDropped(queue: SonicBoom, logger: Logger): () => number {
  let dropped = 0;
  let logged = 0;
  queue.on("drop", (lines: Buffer) => (dropped += lines.toString().split("\n").length - 1));
  // The disk is full, or the reader is gone. The next line retries the write.
  queue.on("error", () => undefined);
  queue.on("drain", () => {
    if (dropped === logged) return;
    logger.warn({ lines: dropped - logged }, "log lines were dropped because stdout accepted no more");
    logged = dropped;
  });
  return () => dropped;
}
