import { stat } from "node:fs/promises";
import { arch, cpus, platform, totalmem } from "node:os";
import { CommandError, run } from "../adapters/command.ts";
import { UserError } from "../errors.ts";
import { print, table } from "../terminal.ts";
import { BACKEND, type Contender, CONTENDERS, FRONTEND } from "./contenders.ts";
import { type Measured, measureAll, measureGrowth, soak } from "./measure.ts";
import { isMet, median, type Ratio, ratiosOf } from "./ratios.ts";

const SOAK_MINUTES = 10;

export interface BenchOptions {
  json?: boolean;
  check?: boolean;
  soak?: boolean;
  rounds: number;
  seconds: number;
}

/**
 * Measures the shipped bundles beside bare servers, and prints what came of it.
 * @throws {UserError} with `check` where a ratio is missed, and where a tool is missing
 */
export async function bench(options: BenchOptions): Promise<void> {
  await requireTools();
  const measured = await measureAll({ ...options, progress });
  const growth = await measureGrowth({ ...options, progress });
  const soaked = options.soak ? await soak(SOAK_MINUTES, progress) : undefined;
  const ratios = ratiosOf(measured);
  const bundles = await Promise.all([BACKEND, FRONTEND].map(bundleSize));
  if (options.json)
    print(
      JSON.stringify({
        machine: machine(),
        ratios,
        measured: byName(measured),
        growth,
        soak: soaked,
        bundles,
      }),
    );
  else {
    print(`${machine()}\n\n${contenderTable(measured)}\n\n${ratioTable(ratios)}\n\n${growthTable(growth)}\n`);
    for (const { name, bytes } of bundles) print(`${name}: bundle of ${(bytes / 1000).toFixed(0)} kB`);
    if (soaked) print(`soak, MiB at each minute: ${soaked.map((memory) => memory.toFixed(0)).join(" ")}`);
  }
  const missed = ratios.filter((ratio) => !isMet(ratio));
  if (options.check && missed.length > 0)
    throw new UserError(missed.map((ratio) => `missed: ${ratio.what} ${ratio.value.toFixed(2)}`).join("\n"));
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

async function requireTools(): Promise<void> {
  if (platform() !== "linux") throw new UserError("The bench needs Linux: it pins processes to cores.");
  if (cpus().length < 2)
    throw new UserError("The bench needs two cores: one for the server, one for the load.");
  for (const tool of ["taskset", "wrk"])
    try {
      await run(tool, ["--version"]);
    } catch (error) {
      // wrk ends with 1 whenever it only says what it is.
      if (!(error instanceof CommandError && error.missing)) continue;
      throw new UserError(`The bench needs ${tool}: apt-get install wrk util-linux`, { cause: error });
    }
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function machine(): string {
  const [cpu] = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} × ${cpu?.model.trim() ?? "unknown"}, ${memory} GiB, ${platform()} ${arch()}, Node ${process.version}`;
}

function contenderTable(measured: Measured): string {
  const rows = [...measured].map(([{ name }, samples]) => [
    name,
    median(samples.requestsPerSecond).toFixed(0),
    median(samples.startMs).toFixed(0),
    median(samples.idleMiB).toFixed(0),
    samples.halfLoadP99Ms.length > 0 ? median(samples.halfLoadP99Ms).toFixed(2) : "",
  ]);
  return table(["server", "requests/s", "start ms", "idle MiB", "p99 at half load ms"], rows);
}

function ratioTable(ratios: readonly Ratio[]): string {
  const rows = ratios.map((ratio) => {
    const { what, value, spread, limit } = ratio;
    const promised = limit ? Object.entries(limit).flat().join(" ").replace(/^/, "at ") : "";
    const range = spread.map((end) => end.toFixed(2)).join(" to ");
    return [what, value.toFixed(2), range, promised, isMet(ratio) ? "" : "missed"];
  });
  return table(["ratio of medians", "value", "rounds", "promised", ""], rows);
}

function growthTable(rows: Awaited<ReturnType<typeof measureGrowth>>): string {
  return table(
    ["echo-frontend with", "requests/s", "p99 ms", "MiB"],
    rows.map(({ what, requestsPerSecond, p99Ms, MiB }) => [
      what,
      requestsPerSecond.toFixed(0),
      p99Ms.toFixed(1),
      MiB.toFixed(0),
    ]),
  );
}

async function bundleSize({ name, args }: Contender) {
  return { name, bytes: (await stat(args.at(-1) ?? "")).size };
}

function byName(measured: Measured) {
  return Object.fromEntries(CONTENDERS.map((contender) => [contender.name, measured.get(contender)]));
}
