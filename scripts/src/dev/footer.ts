import { styleText } from "node:util";
import { type Color, COLORS } from "../domain/color.ts";
import type { Weights } from "../domain/weights.ts";
import { shareBar } from "../lib/bars.ts";
import type { DevProcess } from "./plan.ts";
import { type Counts, COUNTED_SECONDS } from "./traffic-counts.ts";

/** What the footer shows. */
export interface FooterContent {
  plan: readonly DevProcess[];
  weights: Weights;
  counts: Readonly<Record<Color, Counts>>;
  /** What a service does that does not run, such as `was killed by SIGKILL`. */
  states: ReadonlyMap<DevProcess["name"], string>;
  /** The keys, in one line. */
  keys: string;
  /** The reply to the last key. Empty: none. */
  message: string;
}

/** A terminal of fewer columns or rows has no footer. */
const LEAST = { columns: 40, rows: 12 };
const MOST_BAR_WIDTH = 60;
/** The columns of weight, share, requests and errors, with the spaces between them. */
const FIGURES_WIDTH = 37;

/** The lines of the footer for a terminal of this size; none if it is too small, or if its size is unknown. */
export function describeFooter(content: FooterContent, size: { columns: number; rows: number }): string[] {
  const { plan, keys, message } = content;
  if (!(size.columns >= LEAST.columns && size.rows >= LEAST.rows)) return [];
  const nameWidth = Math.max(...plan.map((service) => titleOf(service).length));
  const barWidth = Math.max(0, Math.min(MOST_BAR_WIDTH, size.columns - nameWidth - FIGURES_WIDTH));
  const head = [
    `last ${COUNTED_SECONDS} s`.padEnd(nameWidth),
    "weight",
    "".padEnd(barWidth),
    "  share",
    "requests",
    "errors",
  ].join("  ");
  return [
    styleText("inverse", head.padEnd(size.columns)),
    ...plan.flatMap((service) => describeService(service, content, { nameWidth, barWidth })),
    keys,
    styleText("bold", message),
  ];
}

/** A row for each backend. The frontend has one only if it does not run. */
function describeService(
  service: DevProcess,
  { weights, counts, states }: FooterContent,
  { nameWidth, barWidth }: { nameWidth: number; barWidth: number },
): string[] {
  const { name } = service;
  const title = titleOf(service).padEnd(nameWidth);
  const state = states.get(name);
  if (name === "frontend") return state === undefined ? [] : [styleText("red", `${title}  ${state}`)];
  const { requests, errors } = counts[name];
  const total = COLORS.reduce((sum, color) => sum + counts[color].requests, 0);
  const share = total === 0 ? 0 : requests / total;
  const bar =
    state === undefined
      ? shareBar(name, share, barWidth)
      : styleText("red", state.slice(0, barWidth).padEnd(barWidth));
  const cells = [
    title,
    `${weights[name]} %`.padStart("weight".length),
    bar,
    (total === 0 ? "–" : `${(share * 100).toFixed(1)} %`).padStart("  share".length),
    String(requests).padStart("requests".length),
    errorCell(errors),
  ];
  return [cells.join("  ")];
}

function titleOf({ name, version }: DevProcess): string {
  return `${name} ${version}`;
}

function errorCell(errors: number): string {
  const text = String(errors).padStart("errors".length);
  return errors === 0 ? text : styleText(["red", "bold"], text);
}
