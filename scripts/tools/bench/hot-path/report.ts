import { table } from "../../../src/lib/terminal.ts";
import { median, quantile } from "../statistics.ts";
import type { Piece } from "./pieces.ts";
import type { Comparison } from "./rounds.ts";

/** A piece that saves less is not worth its code. */
export const MIN_SAVED_PERCENT = 1;

/** What a piece saves. All values are medians. */
export interface Saving {
  piece: string;
  service: string;
  library: string;
  /** CPU time per request, in percent of the time with the library call. */
  percent: number;
  /** Lower and upper quartile of the rounds, in percent. */
  quartiles: readonly [number, number];
  /** CPU time per request, in µs. */
  microseconds: number;
  /** CPU time of a start, in ms. */
  startMs: number;
  /** Memory after a start, in MiB. */
  MiB: number;
  rounds: number;
  repeated: number;
}

export function savingOf(
  { name, service, library }: Piece,
  { rounds, starts, repeated }: Comparison,
): Saving {
  const percents = rounds.map((round) => (1 - round.shipped / round.library) * 100);
  return {
    piece: name,
    service,
    library,
    percent: median(percents),
    quartiles: [quantile(percents, 0.25), quantile(percents, 0.75)],
    microseconds: median(rounds.map((round) => round.library - round.shipped)),
    startMs: median(starts.map((start) => start.library.ms - start.shipped.ms)),
    MiB: median(starts.map((start) => start.library.MiB - start.shipped.MiB)),
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
