import { styleText } from "node:util";
import wrapAnsi from "wrap-ansi";
import { type Color, COLORS } from "../domain/color.ts";
import { describeFaults, type Faults, NO_FAULTS } from "../domain/fault.ts";
import type { Weights } from "../domain/weights.ts";
import { shareBar } from "../lib/bars.ts";
import { KEY_SEPARATOR } from "./keys.ts";
import type { DevProcess } from "./plan.ts";
import { type Counts, COUNTED_SECONDS } from "./traffic-counts.ts";

/** What the footer shows. */
export interface FooterContent {
  plan: readonly DevProcess[];
  weights: Weights;
  counts: Readonly<Record<Color, Counts>>;
  /** What a service does that does not run, such as `was killed by SIGKILL`. */
  states: ReadonlyMap<DevProcess["name"], string>;
  /** The faults of a colour; undefined if they are unknown. */
  faultsOf: (color: Color) => Faults | undefined;
  /** The keys, in one line. */
  keys: string;
  /** The reply to the last key. Empty: none. */
  message: string;
}

/** A terminal of fewer columns or rows has no footer. */
const LEAST = { columns: 40, rows: 12 };
/** The rows that stay for what is printed. */
const LEAST_PRINTED = 2;
const MOST_BAR_WIDTH = 60;
/** The columns of weight, share, requests and errors, with the spaces between them and around the bar. */
const FIGURES_WIDTH = 37;

/** The widths that depend on the terminal. */
interface Widths {
  /** Of the terminal. */
  all: number;
  name: number;
  /** 0: there is no room for a bar, nor for the number of requests. */
  bar: number;
}

/** The lines of the footer for a terminal of this size; none if it is too small, or if its size is unknown. */
export function describeFooter(content: FooterContent, { columns, rows }: Size): string[] {
  const { plan, keys, message } = content;
  if (!(columns >= LEAST.columns && rows >= LEAST.rows)) return [];
  const name = Math.max(...plan.map((service) => titleOf(service).length));
  const bar = Math.max(0, Math.min(MOST_BAR_WIDTH, columns - name - FIGURES_WIDTH));
  const widths = { all: columns, name, bar };
  const head = rowOf(
    {
      title: `last ${COUNTED_SECONDS} s`,
      weight: "weight",
      bar: "".padEnd(bar),
      share: "share",
      requests: "requests",
      errors: "errors",
    },
    widths,
  );
  return [
    styleText("inverse", head.padEnd(columns)),
    ...plan.flatMap((service) => describeService(service, content, widths)),
    ...wrapKeys(keys, columns),
    ...wrapAnsi(message, columns)
      .split("\n")
      .map((line) => styleText("bold", line)),
  ].slice(0, rows - LEAST_PRINTED);
}

interface Size {
  columns: number;
  rows: number;
}

/** A row for each backend, and more for its faults. The frontend has one only if it does not run. */
function describeService(
  service: DevProcess,
  { weights, counts, states, faultsOf }: FooterContent,
  widths: Widths,
): string[] {
  const { name } = service;
  const title = titleOf(service);
  const state = states.get(name);
  if (name === "frontend")
    return state === undefined ? [] : [styleText("red", `${title.padEnd(widths.name)}  ${state}`)];
  const { requests, errors } = counts[name];
  const total = COLORS.reduce((sum, color) => sum + counts[color].requests, 0);
  const share = total === 0 ? 0 : requests / total;
  const isInBar = state !== undefined && state.length <= widths.bar;
  const row = rowOf(
    {
      title,
      weight: `${weights[name]} %`,
      bar: isInBar ? styleText("red", state.padEnd(widths.bar)) : shareBar(name, share, widths.bar),
      share: total === 0 ? "–" : `${(share * 100).toFixed(1)} %`,
      requests: String(requests),
      errors: String(errors),
    },
    widths,
  );
  return [
    row,
    ...(state === undefined || isInBar ? [] : indent(state, widths).map((line) => styleText("red", line))),
    ...describeActive(faultsOf(name), widths),
  ];
}

/** The faults of a colour, if it has any. */
function describeActive(faults: Faults | undefined, widths: Widths): string[] {
  const text = describeFaults(faults ?? NO_FAULTS);
  if (text === describeFaults(NO_FAULTS)) return [];
  return indent(`faults: ${text}`, widths).map((line) => styleText("yellow", line));
}

/** The lines below the row of a service. */
function indent(text: string, { all }: Widths): string[] {
  const indentation = "  ";
  return wrapAnsi(text, all - indentation.length)
    .split("\n")
    .map((line) => indentation + line);
}

type Cells = Record<"title" | "weight" | "bar" | "share" | "requests" | "errors", string>;

function rowOf({ title, weight, bar, share, requests, errors }: Cells, widths: Widths): string {
  const errorCell = errors.padStart("errors".length);
  const cells = [
    title.padEnd(widths.name),
    weight.padStart("weight".length),
    ...(widths.bar === 0 ? [] : [bar]),
    share.padStart("100.0 %".length),
    ...(widths.bar === 0 ? [] : [requests.padStart("requests".length)]),
    Number(errors) > 0 ? styleText(["red", "bold"], errorCell) : errorCell,
  ];
  return cells.join("  ");
}

function titleOf({ name, version }: DevProcess): string {
  return `${name} ${version}`;
}

/** The keys in as many lines as they need: a key and its name stay together. */
function wrapKeys(keys: string, columns: number): string[] {
  const lines: string[] = [];
  for (const key of keys.split(KEY_SEPARATOR)) {
    const longer = [...lines.slice(-1), key].join(KEY_SEPARATOR);
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(key);
  }
  return lines;
}
