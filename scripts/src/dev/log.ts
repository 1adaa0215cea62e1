import { styleText } from "node:util";
import pretty from "pino-pretty";
import { print } from "../terminal.ts";
import { SAMPLE_ID } from "./plan.ts";

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<string, Style>> = {
  blue: "blueBright",
  green: "greenBright",
  frontend: "magentaBright",
};

const readable = pretty.prettyFactory({
  colorize: process.stdout.isTTY,
  translateTime: "SYS:HH:MM:ss",
  // What the prefix or the message says already.
  ignore: "pid,hostname,service,version,color,method,url,status,duration",
  messageFormat: (log, key) =>
    "requestId" in log
      ? `${String(log.method)} ${String(log.url)} ${String(log.status)} ${String(log.duration)} ms`
      : String(log[key]),
  singleLine: true,
  // `error` is a sentence, and stays on the line.
  errorLikeObjectKeys: ["err"],
});

/** Prints one line of a service's log; a shift's samples are left out. */
export function printLog(name: string, line: string): void {
  if (!line.includes(`"requestId":"${SAMPLE_ID}"`)) print(formatLog(name, line));
}

/** A line of a service's log, JSON made readable, with the service's name before it in its colour. */
export function formatLog(name: string, line: string): string {
  const prefix = styleText(STYLES[name] ?? "reset", name.padEnd("frontend".length), {
    stream: process.stdout,
  });
  return `${prefix} ${line.startsWith("{") ? readable(line).trimEnd() : line}`;
}
