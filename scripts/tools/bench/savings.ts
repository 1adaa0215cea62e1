import { table } from "../../src/lib/terminal.ts";
import type { Comparison, Pair } from "./compare.ts";
import type { Piece } from "./pieces.ts";
import { median, quantile } from "./statistics.ts";

/** A piece that saves less is not worth its code. */
export const MIN_SAVED_PERCENT = 1;

export type Saving = ReturnType<typeof savingOf>;

/** What a piece saves over its library call. All values are medians. */
export function savingOf(
  { name, service, library }: Piece,
  { rounds, repeated }: Pick<Comparison, "rounds" | "repeated">,
  starts: readonly Pair<{ ms: number; MiB: number }>[],
) {
  const percents = rounds.map(({ ours, theirs }) => (1 - ours.microseconds / theirs.microseconds) * 100);
  return {
    piece: name,
    service,
    library,
    /** CPU time per request, in percent of the time with the library call. */
    percent: median(percents),
    quartiles: [quantile(percents, 0.25), quantile(percents, 0.75)],
    /** CPU time per request. */
    microseconds: median(rounds.map(({ ours, theirs }) => theirs.microseconds - ours.microseconds)),
    /** CPU time of a start. */
    startMs: median(starts.map((start) => start.theirs.ms - start.ours.ms)),
    /** Memory after a start. */
    MiB: median(starts.map((start) => start.theirs.MiB - start.ours.MiB)),
    rounds: rounds.length,
    repeated,
  };
}

export function savingTable(savings: readonly Saving[]): string {
  const rows = savings.map((saving) => [
    saving.piece,
    saving.library,
    saving.service,
    `${saving.percent.toFixed(1)} %`,
    saving.quartiles.map((percent) => percent.toFixed(1)).join(" to "),
    saving.microseconds.toFixed(2),
    saving.startMs.toFixed(1),
    saving.MiB.toFixed(1),
    saving.repeated === 0 ? String(saving.rounds) : `${saving.rounds} (${saving.repeated} repeated)`,
    saving.percent < MIN_SAVED_PERCENT ? "below 1 %" : "",
  ]);
  const header = ["piece", "library call", "service", "saved", "quartiles, %", "µs per request"];
  return table([...header, "ms of the start", "MiB", "rounds", ""], rows);
}
