import { createLogUpdate } from "log-update";
import { UserError } from "../lib/errors.ts";
import { print } from "../lib/terminal.ts";
import { describeProgress, progressFields, type StepProgress } from "./judge/progress.ts";

/** How often a plain line, or a line of JSON, shows the progress, in ms. */
const LINE_MS = 2000;
/** How often a terminal's live line changes, in ms. */
const LIVE_MS = 250;

/** What a line of `--json` is about. docs/reference.md lists them. */
export type EventName = "start" | "found" | "plan" | "step" | "paused" | "note" | "result";

/** Shows a shift to the user. */
export interface Reporter {
  /** Something that has happened: a line that stays. `fields` are for `--json` alone. */
  say: (event: EventName, text: string, fields?: object) => void;
  /** What happens now, until the next call: a few words, or the progress of a step. */
  doing: (now: string | StepProgress) => void;
  /** Ends the display. */
  close: () => void;
}

export interface ReporterOptions {
  json?: boolean | undefined;
  /** Whether the terminal can move its cursor. */
  live: boolean;
  /** Default: 2000 for lines, 250 for a terminal's live line. */
  everyMs?: number;
}

/** Runs a command with a reporter. With `json`, an error of the user is its last line. */
export async function withReporter<T>(
  options: ReporterOptions,
  work: (reporter: Reporter) => Promise<T>,
): Promise<T> {
  const reporter = createReporter(options);
  try {
    return await work(reporter);
  } catch (error) {
    if (options.json && error instanceof UserError)
      reporter.say("result", error.message, { result: "error", exitCode: error.exitCode });
    throw error;
  } finally {
    reporter.close();
  }
}

/** Live on a terminal, one line every 2 s elsewhere, and with `json` each line is an object. */
export function createReporter({ json = false, live, everyMs }: ReporterOptions): Reporter {
  if (json) return createLines(printJson, everyMs);
  return live ? createLive(everyMs) : createLines(printPlain, everyMs);
}

/** A line of a kind: `progress`, or the name of an event. */
type PrintLine = (name: EventName | "progress", text: string, fields: object) => void;

const printPlain: PrintLine = (_name, text) => print(text);
const printJson: PrintLine = (event, text, fields) =>
  print(JSON.stringify({ time: new Date().toISOString(), event, text, ...fields }));

function createLines(line: PrintLine, everyMs = LINE_MS): Reporter {
  let now: string | StepProgress | undefined;
  const timer = setInterval(() => {
    if (now !== undefined) line("progress", textOf(now), typeof now === "string" ? {} : progressFields(now));
  }, everyMs);
  return {
    say: (event, text, fields = {}) => line(event, text, fields),
    doing: (next) => (now = next),
    close: () => clearInterval(timer),
  };
}

function createLive(everyMs = LIVE_MS): Reporter {
  const update = createLogUpdate(process.stdout);
  let now: string | StepProgress | undefined;
  const show = () => void (now !== undefined && update(textOf(now)));
  const timer = setInterval(show, everyMs);
  return {
    say: (_event, text) => update.persist(text),
    doing: (next) => {
      now = next;
      show();
    },
    close: () => {
      clearInterval(timer);
      update.clear();
    },
  };
}

function textOf(now: string | StepProgress): string {
  return typeof now === "string" ? now : describeProgress(now);
}
