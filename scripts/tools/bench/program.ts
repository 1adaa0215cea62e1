import { Command, InvalidArgumentError } from "commander";
import { bench } from "./bench.ts";
import { benchHotPath } from "./hot-path/bench.ts";

/** The commands of the benchmark. */
export const program = new Command("pnpm").description("Benchmarks of the echo services, for maintainers");

program
  .command("bench")
  .description("measure the bundles next to bare servers, as ratios within one run (Linux, wrk)")
  .option("--rounds <number>", "rounds of every server, alternating", parseCount, 5)
  .option("--seconds <number>", "duration of every load", parseCount, 5)
  .option("--json", "print JSON")
  .option("--check", "exit with 1 if a promised figure is missed (needs wrk and docker)")
  .option("--soak", "load the frontend for 10 more minutes")
  .option("--dry-run", "print the measurements and take none")
  .action(bench);

program
  .command("bench:hot-path")
  .description("measure what each hand-written piece of the hot path saves over its library call")
  .argument("[piece...]", "the pieces to measure (default: all)")
  .option("--rounds <number>", "rounds of each piece", parseCount, 25)
  .option("--seconds <number>", "duration of each round", parseCount, 2)
  .option("--json", "print JSON")
  .action(benchHotPath);

/**
 * Parses a number of rounds or seconds.
 * @throws {InvalidArgumentError} if it is not a whole number from 1 to 1000
 */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 1000)
    throw new InvalidArgumentError("Expected a whole number from 1 to 1000.");
  return count;
}
