import { statSync } from "node:fs";
import { checkDocker } from "../../src/adapters/checks.ts";
import { UserError } from "../../src/lib/errors.ts";
import { PreflightError } from "../../src/lib/preflight.ts";
import { print } from "../../src/lib/terminal.ts";
import { checkTools } from "./check-tools.ts";
import { BACKEND, FRONTEND } from "./contenders.ts";
import { execute } from "./execute.ts";
import { figuresOf, isMet } from "./figures.ts";
import { buildGo } from "./go.ts";
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
 * Measures the shipped bundles and images next to other servers, and prints the results.
 * @throws {UserError} if a tool is missing or, with `check`, a promise is missed
 */
export async function bench({ json, check, soak = false, dryRun, ...options }: BenchOptions) {
  await checkTools();
  const [noDocker, go] = await Promise.all([checkDocker(), buildGo()]);
  // A promise that is not measured counts as missed.
  if (check && noDocker) throw new PreflightError([noDocker]);
  if (check && !go)
    throw new UserError("bench --check needs go, for the reference service: https://go.dev/doc/install");
  const plan = planBench(options.rounds, { go, images: !noDocker, soak });
  if (dryRun) return print(plan.map(({ title }) => title).join("\n"));
  const results = await execute(plan, options);
  const figures = figuresOf(results);
  const bundles = [BACKEND, FRONTEND].map(({ name, command }) => ({
    name,
    bytes: statSync(command.at(-1) ?? "").size,
  }));
  const report = { go, results, figures, bundles };
  print(json ? jsonReport(report) : textReport(report));
  const missed = figures.filter((figure) => !isMet(figure));
  if (check && missed.length > 0)
    throw new UserError(missed.map(({ what, value }) => `missed: ${what} ${value.toFixed(2)}`).join("\n"));
}
