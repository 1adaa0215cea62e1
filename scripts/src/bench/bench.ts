import { stat } from "node:fs/promises";
import { cpus, platform } from "node:os";
import { createDocker } from "../adapters/docker.ts";
import { CommandError } from "../adapters/command.ts";
import { UserError } from "../errors.ts";
import { print } from "../terminal.ts";
import { BACKEND, type Contender, CONTENDERS, FRONTEND } from "./contenders.ts";
import { type Figure, figuresOf, isMet, type Results } from "./figures.ts";
import { measureImages } from "./image.ts";
import { findLoadTool, isInstalled, type LoadTool } from "./load.ts";
import { measureAll, measureGrowth, soak } from "./measure.ts";
import { contenderTable, figureTable, growthTable, machine } from "./report.ts";
import { wrk } from "./wrk.ts";

const SOAK_MINUTES = 10;

export interface BenchOptions {
  json?: boolean;
  check?: boolean;
  soak?: boolean;
  rounds: number;
  seconds: number;
}

/**
 * Measures the shipped bundles and images beside bare servers, and prints what came of it.
 * @throws {UserError} with `check` where a promise is missed, and where a tool is missing
 */
export async function bench({
  json,
  check = false,
  soak: soaks,
  rounds,
  seconds,
}: BenchOptions): Promise<void> {
  const { tool, hasDocker } = await findTools(check);
  const results: Results = {
    measured: await measureAll({ rounds, seconds, tool, progress }),
    growth: await measureGrowth({ seconds, tool, progress }),
    images: hasDocker ? await measureImages(rounds, progress) : undefined,
    soaked: soaks ? await soak(SOAK_MINUTES, { tool, progress }) : undefined,
  };
  const figures = figuresOf(results);
  const bundles = await Promise.all([BACKEND, FRONTEND].map(bundleSize));
  if (json) printJson(results, { figures, bundles, tool });
  else printTables(results, { figures, bundles, tool });
  const missed = figures.filter((figure) => !isMet(figure));
  if (check && missed.length > 0)
    throw new UserError(missed.map(({ what, value }) => `missed: ${what} ${value.toFixed(2)}`).join("\n"));
}

/**
 * Reads a number of rounds or seconds.
 * @throws {UserError} when it is not a whole number from 1 to 1000
 */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 1000)
    throw new UserError(`${JSON.stringify(text)} is no count, allowed is a whole number from 1 to 1000`);
  return count;
}

/** Finds what measures. `check` needs all of it, because what is not measured is not kept. */
async function findTools(check: boolean): Promise<{ tool: LoadTool; hasDocker: boolean }> {
  if (platform() !== "linux") throw new UserError("The bench needs Linux: it pins processes to cores.");
  if (cpus().length < 2)
    throw new UserError("The bench needs two cores: one for the server, one for the load.");
  if (!(await isInstalled("taskset")))
    throw new UserError("The bench needs taskset: apt-get install util-linux");
  const tool = await findLoadTool();
  const hasDocker = await isDockerAtHand();
  if (check && tool !== wrk) throw new UserError("bench --check needs wrk: apt-get install wrk");
  if (check && !hasDocker) throw new UserError("bench --check needs docker, to measure the images");
  return { tool, hasDocker };
}

async function isDockerAtHand(): Promise<boolean> {
  try {
    const docker = createDocker();
    await docker.engineVersion();
    await docker.buildxVersion();
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}

interface Summary {
  figures: readonly Figure[];
  bundles: readonly { name: string; bytes: number }[];
  tool: LoadTool;
}

function printJson({ measured, growth, images, soaked }: Results, { figures, bundles, tool }: Summary): void {
  print(
    JSON.stringify({
      machine: machine(),
      load: tool.name,
      figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })),
      measured: Object.fromEntries(CONTENDERS.map((contender) => [contender.name, measured.get(contender)])),
      growth: growth.map(({ of, ...rest }) => ({ server: of.name, ...rest })),
      images,
      soak: soaked,
      bundles,
    }),
  );
}

function printTables(
  { measured, growth, images, soaked }: Results,
  { figures, bundles, tool }: Summary,
): void {
  print(`${machine()}, loaded by ${tool.name}`);
  if (tool.limits !== undefined) print(tool.limits);
  print(`\n${contenderTable(measured)}\n\n${figureTable(figures)}\n\n${growthTable(growth)}\n`);
  for (const { name, bytes } of bundles) print(`${name}: bundle of ${(bytes / 1000).toFixed(0)} kB`);
  if (!images) print("There is no docker here: starts in the image and the images' sizes were not measured.");
  if (soaked) print(`soak, MiB at each minute: ${soaked.map((memory) => memory.toFixed(0)).join(" ")}`);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function bundleSize({ name, args }: Contender) {
  return { name, bytes: (await stat(args.at(-1) ?? "")).size };
}
