import { styleText } from "node:util";
import pretty from "pino-pretty";
import * as v from "valibot";
import { parsePlainJson, plainText } from "../domain/plain-text.ts";
import { SAMPLE_ID } from "../domain/ports.ts";

const STYLES = { blue: "blueBright", green: "greenBright", frontend: "magentaBright" } as const;

const readable = pretty.prettyFactory({
  // As styleText decides: not if TERM is dumb or NO_COLOR is set.
  colorize: process.stdout.isTTY && process.stdout.hasColors(),
  translateTime: "SYS:HH:MM:ss",
  // These are in the prefix or in the message.
  ignore: "pid,hostname,service,version,color,method,url,status,duration",
  messageFormat: (log, key) =>
    "requestId" in log
      ? `${String(log.method)} ${String(log.url)} ${String(log.status)} ${String(log.duration)} ms`
      : String(log[key]),
  singleLine: true,
  // Only a stack needs lines of its own; `error` is a sentence.
  errorLikeObjectKeys: ["err"],
});

/** The levels of requests that succeeded. Warnings are always shown. */
const QUIET_LEVELS = new Set(["trace", "debug", "info"]);

const RequestLine = v.pipe(v.string(), v.parseJson(), v.object({ requestId: v.string(), level: v.string() }));

/**
 * Whether a line of a service's log is shown: not those of a shift's samples, and the other requests without a failure only
 * `withRequests`.
 */
export function isShown(line: string, withRequests: boolean): boolean {
  const request = v.safeParse(RequestLine, line);
  if (!request.success) return true;
  const { requestId, level } = request.output;
  return requestId !== SAMPLE_ID && (withRequests || !QUIET_LEVELS.has(level));
}

/** A readable line of a service's log, after the service's name in its colour. */
export function formatLog(name: keyof typeof STYLES, line: string): string {
  const prefix = styleText(STYLES[name], name.padEnd("frontend".length), { stream: process.stdout });
  return `${prefix} ${readableLine(line)}`;
}

/** Requests choose parts of a line, such as its URL, so it is text from outside. */
function readableLine(line: string): string {
  try {
    return readable(parsePlainJson(line)).trimEnd();
  } catch {
    // Not a log line, such as a warning of Node's.
    return plainText(line);
  }
}
