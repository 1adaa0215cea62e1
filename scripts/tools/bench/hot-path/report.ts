import { table } from "../../../src/terminal.ts";
import { median, quantile } from "../statistics.ts";
import type { Piece } from "./pieces.ts";
import type { Comparison } from "./rounds.ts";

/** A piece that saves less is not worth its code. */
export const MIN_SAVED_PERCENT = 1;

/** What a piece saves of the CPU time per request. */
export interface Saving {
  piece: string;
  service: string;
  library: string;
  /** Median of the rounds, in percent of the time with the library call. */
  percent: number;
  /** Lower and upper quartile of the rounds, in percent. */
  quartiles: readonly [number, number];
  /** Median of the rounds, in µs. */
  microseconds: number;
  rounds: number;
  repeated: number;
}

export function savingOf({ name, service, library }: Piece, { rounds, repeated }: Comparison): Saving {
  const percents = rounds.map((round) => (1 - round.shipped / round.library) * 100);
  return {
    piece: name,
    service,
    library,
    percent: median(percents),
    quartiles: [quantile(percents, 0.25), quantile(percents, 0.75)],
    microseconds: median(rounds.map((round) => round.library - round.shipped)),
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
    `${saving.microseconds.toFixed(2)} µs`,
    saving.repeated === 0 ? String(saving.rounds) : `${saving.rounds} (${saving.repeated} repeated)`,
    saving.percent < MIN_SAVED_PERCENT ? "below 1 %" : "",
  ]);
  const header = ["piece", "library call", "service", "saved", "quartiles, %", "per request", "rounds", ""];
  return table(header, rows);
}
