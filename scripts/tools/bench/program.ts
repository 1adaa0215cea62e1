import { Command } from "commander";
import { addExamples } from "../../src/commands/examples.ts";
import { option } from "../../src/commands/options.ts";
import { wholeNumber } from "../../src/lib/arguments.ts";
import { bench } from "./bench.ts";
import { benchHotPath } from "./hot-path.ts";
import { bundle } from "./pieces.ts";

export const program = new Command("pnpm").description("Benchmarks of the echo services, for maintainers");

const count = wholeNumber(1, 1000);

program
  .command("bench")
  .description("measure the services next to other servers, as ratios within one run (Linux, wrk)")
  .addOption(option("--rounds <number>", "rounds of each comparison", count).default(9))
  .addOption(option("--seconds <number>", "duration of each round", count).default(1))
  .option("--json", "print JSON")
  .option("--check", "exit with 1 if a promised figure is missed (needs docker and go)")
  .option("--soak", "load the frontend for 10 more minutes")
  .option("--dry-run", "print the measurements and take none")
  .action(bench);

program
  .command("bench:hot-path")
  .description("measure what each hand-written piece of the hot path saves over its library call")
  .argument("[piece...]", "the pieces to measure (default: all)")
  .addOption(option("--against <bundle>", "compare a whole service with this other bundle of it", bundle))
  .addOption(option("--rounds <number>", "rounds of each piece", count).default(25))
  .addOption(option("--seconds <number>", "duration of each round", count).default(2))
  .addOption(option("--rate <number>", "requests per second (default: saturation)", wholeNumber(1, 100_000)))
  .option("--json", "print JSON")
  .action(benchHotPath);

addExamples(program, {
  "": [["pnpm bench", "measure all"]],
  bench: [
    ["pnpm bench", "measure all"],
    ["pnpm bench --rounds 3 --check", "compare quickly with what is promised"],
  ],
  "bench:hot-path": [
    ["pnpm bench:hot-path", "measure all pieces"],
    ["pnpm bench:hot-path --rounds 5 --json", "as JSON, with fewer rounds"],
  ],
});
