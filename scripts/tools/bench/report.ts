import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import { table } from "../../src/lib/terminal.ts";
import { type Figure, isMet } from "./figures.ts";
import type { Results } from "./results.ts";
import { median } from "./statistics.ts";

export interface Report {
  /** The name of the load generator. */
  load: string;
  /** What the load generator cannot measure. */
  limits?: string | undefined;
  results: Results;
  figures: readonly Figure[];
  bundles: readonly { name: string; bytes: number }[];
}

/** The machine that a run measured on. */
export function machine(): string {
  const [cpu] = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} × ${cpu?.model.trim() ?? "unknown"}, ${memory} GiB, ${platform()} ${arch()}, Node ${process.version}, load average ${loadavg()[0]?.toFixed(1)}`;
}

export function jsonReport({ load, results, figures, bundles }: Report): string {
  const { measured, growth, images, soaked } = results;
  return JSON.stringify({
    machine: machine(),
    load,
    figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })),
    measured: Object.fromEntries(Array.from(measured, ([{ name }, samples]) => [name, samples])),
    growth: Array.from(growth, ({ of, ...rest }) => ({ server: of.name, ...rest })),
    images,
    soaked,
    bundles,
  });
}

export function textReport({ load, limits, results, figures, bundles }: Report): string {
  const { measured, growth, images, soaked } = results;
  return [
    `${machine()}, load from ${load}`,
    ...(limits === undefined ? [] : [limits]),
    `\n${contenderTable(measured)}\n\n${figureTable(figures)}\n\n${growthTable(growth)}\n`,
    ...bundles.map(({ name, bytes }) => `${name}: bundle of ${(bytes / 1000).toFixed(0)} kB`),
    ...(images.length > 0 ? [] : ["Images were not measured: docker is missing."]),
    ...(soaked.length > 0
      ? [`soak, MiB at the end of each minute: ${soaked.map((MiB) => MiB.toFixed(0)).join(" ")}`]
      : []),
  ].join("\n");
}

function contenderTable(measured: Results["measured"]): string {
  const rows = Array.from(measured, ([{ name }, samples]) => [
    name,
    median(samples.requestsPerSecond).toFixed(0),
    median(samples.startMs).toFixed(0),
    median(samples.idleMiB).toFixed(0),
    samples.halfLoadP99Ms.length > 0 ? median(samples.halfLoadP99Ms).toFixed(2) : "",
  ]);
  return table(["server", "requests/s", "start ms", "idle MiB", "p99 at half load ms"], rows);
}

function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, value, spread, limit } = figure;
    const promised = limit ? `at ${Object.entries(limit).flat().join(" ")}` : "";
    const range = spread ? spread.map((end) => end.toFixed(2)).join(" to ") : "";
    return [what, value.toFixed(2), range, promised, isMet(figure) ? "" : "missed"];
  });
  return table(["medians", "value", "rounds", "promised", ""], rows);
}

function growthTable(growth: Results["growth"]): string {
  const rows = growth.map(({ of, connections, delayMs, requestsPerSecond, p99Ms, MiB }) => [
    of.name,
    String(connections),
    of.hop ? String(delayMs) : "",
    requestsPerSecond.toFixed(0),
    p99Ms.toFixed(1),
    MiB.toFixed(0),
  ]);
  return table(["server", "connections", "backend ms", "requests/s", "p99 ms", "MiB"], rows);
}
