import { statSync } from "node:fs";
import { checkDocker } from "../../src/adapters/checks.ts";
import { wrk } from "../../src/adapters/wrk.ts";
import { UserError } from "../../src/lib/errors.ts";
import { PreflightError } from "../../src/lib/preflight.ts";
import { print } from "../../src/lib/terminal.ts";
import { BACKEND, FRONTEND } from "./contenders.ts";
import { execute } from "./execute.ts";
import { figuresOf, isMet } from "./figures.ts";
import { findLoadTool } from "./find-load-tool.ts";
import { planBench } from "./plan.ts";
import { jsonReport, textReport } from "./report.ts";

/** The options of `pnpm bench`, which program.ts describes. */
export interface BenchOptions {
  rounds: number;
  seconds: number;
  json?: boolean;
  check?: boolean;
  soak?: boolean;
  dryRun?: boolean;
}

/**
 * Measures the shipped bundles and images next to bare servers, and prints the results.
 * @throws {UserError} if a tool is missing or, with `check`, a promise is missed
 */
export async function bench({ rounds, seconds, json, check, soak = false, dryRun }: BenchOptions) {
  const [tool, noDocker] = await Promise.all([findLoadTool(), checkDocker()]);
  // A promise that is not measured counts as missed.
  if (check && tool !== wrk) throw new UserError("bench --check needs wrk: apt-get install wrk");
  if (check && noDocker) throw new PreflightError([noDocker]);
  const plan = planBench(rounds, { images: !noDocker, soak });
  if (dryRun) return print(plan.map(({ title }) => title).join("\n"));
  const results = await execute(plan, tool, seconds);
  const figures = figuresOf(results);
  const bundles = [BACKEND, FRONTEND].map(({ name, args }) => ({
    name,
    bytes: statSync(args.at(-1) ?? "").size,
  }));
  const report = { tool, results, figures, bundles };
  print(json ? jsonReport(report) : textReport(report));
  const missed = figures.filter((figure) => !isMet(figure));
  if (check && missed.length > 0)
    throw new UserError(missed.map(({ what, value }) => `missed: ${what} ${value.toFixed(2)}`).join("\n"));
}
