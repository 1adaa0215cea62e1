import { createLogUpdate } from "log-update";
import type { Color } from "../domain/color.ts";
import { shareBar } from "../lib/bars.ts";
import { print } from "../lib/terminal.ts";
import type { Latencies } from "./latencies.ts";

/** The width of the labels before the bars. */
const LABEL_WIDTH = 11;
/** The width of the bars and of the sparkline, if the terminal has room for it. */
const BAR_WIDTH = 40;
const SPARKS = "▁▂▃▄▅▆▇█";

/** A backend's part of the responses. */
export interface Share {
  /** Its name, such as `blue 11.0`. */
  name: string;
  /** Undefined if its responses do not show one. */
  color: Color | undefined;
  /** From 0 to 1. */
  share: number;
}

/** The columns of a share, with the spaces around the bar. */
const SHARE_WIDTH = " ".length + " 100.0 %".length;

/** One bar for each backend, whose length is its share. @param columns of the terminal */
export function shareBars(shares: readonly Share[], columns = Infinity): string[] {
  const width = Math.max(LABEL_WIDTH, ...shares.map(({ name }) => name.length));
  const barWidth = Math.max(0, Math.min(BAR_WIDTH, columns - width - SHARE_WIDTH));
  return shares
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, color, share }) => {
      const bar = shareBar(color, share, barWidth);
      return `${name.padEnd(width)} ${bar} ${(share * 100).toFixed(1).padStart(5)} %`;
    });
}

/** Latencies as a row of blocks. The greatest latency is the highest block. */
export function sparkline(latencies: readonly number[]): string {
  const most = Math.max(...latencies, Number.EPSILON);
  return latencies
    .map((ms) => SPARKS[Math.min(SPARKS.length - 1, Math.floor((ms / most) * SPARKS.length))])
    .join("");
}

/** The newest latencies as a sparkline, and their percentiles. @param columns of the terminal */
export function latencyLine(latencies: Latencies, columns = Infinity): string {
  const [label, text] = ["latency".padEnd(LABEL_WIDTH), latencies.toString()];
  const width = Math.max(1, Math.min(BAR_WIDTH, columns - `${label}  ${text}`.length));
  return `${label} ${sparkline(latencies.newest(width))} ${text}`;
}

/** What a live view shows at one moment. */
interface Moment {
  /** On a terminal: a change that stays, above the lines. */
  change: string | undefined;
  /** On a terminal: the lines that replace the previous ones. */
  live: readonly string[];
  /** Elsewhere: the lines to print. */
  plain: readonly string[];
}

/** Shows moments in place on a terminal, as plain lines elsewhere. */
export function createLiveView(isLive: boolean): (moment: Moment) => void {
  if (!isLive) return ({ plain }) => print(plain.join("\n"));
  const update = createLogUpdate(process.stdout);
  return ({ change, live }) => {
    if (change !== undefined) update.persist(change);
    update(live.join("\n"));
  };
}
