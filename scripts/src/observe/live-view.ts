import { styleText } from "node:util";
import { createLogUpdate } from "log-update";
import { BACKEND_VERSIONS, versionName } from "../domain/version.ts";
import { print } from "../lib/terminal.ts";
import type { Answer, Tally } from "./tally.ts";

const LABEL_WIDTH = 10;
const BAR_WIDTH = 40;
const SPARK_WIDTH = BAR_WIDTH;
const SPARKS = "▁▂▃▄▅▆▇█";

type Style = Parameters<typeof styleText>[0];

/** A version's colour in the terminal, and its pattern for readers who do not see the colour. */
function lookOf(version: string): { style: Style; fill: string } {
  if (version === BACKEND_VERSIONS.blue) return { style: "blueBright", fill: "█" };
  if (version === BACKEND_VERSIONS.green) return { style: "greenBright", fill: "▓" };
  return { style: "redBright", fill: "░" };
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

/** Shows answers in a live view on a terminal, below the list of changes; as plain lines elsewhere. */
export function createLiveView(
  tally: Tally,
  interactive: boolean,
): (answer: Answer, change: string | undefined) => void {
  if (!interactive)
    return ({ body }, change) => {
      print(`${body || "no answer"}   ${tally.toString()}`);
      if (change !== undefined) print(change);
    };
  const update = createLogUpdate(process.stdout);
  return ({ body }, change) => {
    if (change !== undefined) update.persist(change);
    const { p50 = 0, p99 = 0 } = tally.summary();
    update(
      [
        "the last 10 seconds:",
        ...shareBars(tally.recent()),
        `${"latency".padEnd(LABEL_WIDTH)} ${sparkline(tally.latencies(SPARK_WIDTH))} p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
        `over all: ${tally.toString()}`,
        body || "no answer",
      ].join("\n"),
    );
  };
}
