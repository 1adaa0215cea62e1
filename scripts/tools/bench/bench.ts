import { stat } from "node:fs/promises";
import type { LoadTool } from "../../src/adapters/load-tool.ts";
import { wrk } from "../../src/adapters/wrk.ts";
import { UserError } from "../../src/lib/errors.ts";
import { print } from "../../src/lib/terminal.ts";
import { BACKEND, type Contender, FRONTEND } from "./contenders.ts";
import { execute } from "./execute.ts";
import { figuresOf, isMet } from "./figures.ts";
import { planBench } from "./plan.ts";
import { findLoadTool, hasDocker } from "./preflight.ts";
import { jsonReport, textReport } from "./report.ts";

export interface BenchOptions {
  /** Rounds of every server. */
  rounds: number;
  /** Duration of every load, in seconds. */
  seconds: number;
  json?: boolean;
  /** Fails if a promise is missed, and needs wrk and docker. */
  check?: boolean;
  /** Loads the frontend for 10 more minutes. */
  soak?: boolean;
  /** Prints the plan only. */
  dryRun?: boolean;
}

/**
 * Measures the shipped bundles and images next to bare servers, and prints the results.
 * @throws {UserError} if a tool is missing or, with `check`, a promise is missed
 */
export async function bench({ rounds, seconds, json, check, soak = false, dryRun }: BenchOptions) {
  const [tool, images] = await Promise.all([findLoadTool(), hasDocker()]);
  if (check) requireAll(tool, images);
  const plan = planBench({ rounds, images, soak });
  if (dryRun) return print(plan.map(({ title }) => title).join("\n"));
  const results = await execute(plan, { tool, seconds, progress });
  const figures = figuresOf(results);
  const bundles = await Promise.all([BACKEND, FRONTEND].map(bundleSize));
  const report = { load: tool.name, limits: tool.limits, results, figures, bundles };
  print(json ? jsonReport(report) : textReport(report));
  const missed = figures.filter((figure) => !isMet(figure));
  if (check && missed.length > 0)
    throw new UserError(missed.map(({ what, value }) => `missed: ${what} ${value.toFixed(2)}`).join("\n"));
}

/** A promise that is not measured counts as missed. */
function requireAll(tool: LoadTool, images: boolean): void {
  if (tool !== wrk) throw new UserError("bench --check needs wrk: apt-get install wrk");
  if (!images) throw new UserError("bench --check needs docker with buildx, to measure the images.");
}

/** Prints progress to stderr, so that stdout has the results alone. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function bundleSize({ name, args }: Contender) {
  return { name, bytes: (await stat(args.at(-1) ?? "")).size };
}
