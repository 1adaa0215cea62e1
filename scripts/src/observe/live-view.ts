import { styleText } from "node:util";
import { createLogUpdate } from "log-update";
import { BACKEND_VERSIONS, versionName } from "../domain/version.ts";
import { print } from "../lib/terminal.ts";

/** The width of the labels before the bars. */
export const LABEL_WIDTH = 11;
/** The width of the bars and of the sparkline. */
export const BAR_WIDTH = 40;
const SPARKS = "▁▂▃▄▅▆▇█";

/** A version's colour in the terminal, and its pattern for readers who do not see the colour. */
function lookOf(version: string) {
  if (version === BACKEND_VERSIONS.blue) return { style: "blueBright", fill: "█" } as const;
  if (version === BACKEND_VERSIONS.green) return { style: "greenBright", fill: "▓" } as const;
  return { style: "redBright", fill: "░" } as const;
}

/** One bar for each version, whose length is its share. */
export function shareBars(shares: Readonly<Record<string, number>>): string[] {
  return Object.entries(shares)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([version, share]) => {
      const { style, fill } = lookOf(version);
      const bar = fill.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH);
      return `${versionName(version).padEnd(LABEL_WIDTH)} ${styleText(style, bar)} ${(share * 100).toFixed(1).padStart(5)} %`;
    });
}

/** Latencies as a row of blocks. The greatest latency is the highest block. */
export function sparkline(latencies: readonly number[]): string {
  const most = Math.max(...latencies, Number.EPSILON);
  return latencies
    .map((ms) => SPARKS[Math.min(SPARKS.length - 1, Math.floor((ms / most) * SPARKS.length))])
    .join("");
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
