import type { Logger } from "pino";
import { isoTime } from "./iso-time.ts";

/** The fields of a request's log line. All but `url` and `details` must need no escaping in JSON. */
export interface AccessEntry {
  method: string;
  url: string;
  status: number;
  /** In milliseconds; the log has it to the microsecond. */
  duration: number;
  requestId: string;
  /** Fields that only some lines have. */
  details?: Readonly<Record<string, string>> | undefined;
}

export type AccessLog = (entry: AccessEntry) => void;

/**
 * Writes one log line per request, byte for byte the line that pino would write: at the level of `logger`, with the
 * fields of `base`. Level `warn` from status 500, else `info`. Why it is written by hand: docs/performance.md, access log.
 */
export function createAccessLog(
  logger: Logger,
  base: Readonly<Record<string, string>>,
  destination: { write(line: string): unknown },
): AccessLog {
  const baseFields = Object.keys(base).length > 0 ? `,${fieldsOf(base)}` : "";
  const warns = logger.isLevelEnabled("warn");
  const informs = logger.isLevelEnabled("info");
  return ({ method, url, status, duration, requestId, details }) => {
    const failed = status >= 500;
    if (!(failed ? warns : informs)) return;
    destination.write(
      `{"level":"${failed ? "warn" : "info"}"${isoTime()}${baseFields},"method":"${method}","url":${JSON.stringify(url)}` +
        `,"status":${status},"duration":${Math.round(duration * 1000) / 1000},"requestId":"${requestId}"` +
        `${details ? `,${fieldsOf(details)}` : ""}}\n`,
    );
  };
}

/** The fields of an object as JSON, without the braces. */
function fieldsOf(object: Readonly<Record<string, string>>): string {
  return JSON.stringify(object).slice(1, -1);
}
