import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import type { LoadTool } from "../../src/adapters/load-tool.ts";
import { table } from "../../src/lib/terminal.ts";
import { FRONTEND } from "./contenders.ts";
import type { Results } from "./execute.ts";
import { type Figure, isMet } from "./figures.ts";
import { median } from "./statistics.ts";

export interface Report {
  tool: LoadTool;
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

export function jsonReport({ tool, results, figures, bundles }: Report): string {
  const judged = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
  return JSON.stringify({ machine: machine(), load: tool.name, figures: judged, ...results, bundles });
}

export function textReport({ tool, results, figures, bundles }: Report): string {
  const { measured, growth, images, soaked } = results;
  return [
    `${machine()}, load from ${tool.name}`,
    tool.limits,
    `\n${contenderTable(measured)}\n\n${figureTable(figures)}\n\n${growthTable(growth)}\n`,
    ...bundles.map(({ name, bytes }) => `${name}: bundle of ${(bytes / 1000).toFixed(0)} kB`),
    images.length === 0 && "Images were not measured: docker is missing.",
    soaked.length > 0 &&
      `soak, MiB at the end of each minute: ${soaked.map((MiB) => MiB.toFixed(0)).join(" ")}`,
  ]
    .filter(Boolean)
    .join("\n");
}

function contenderTable(measured: Results["measured"]): string {
  const rows = Object.entries(measured).map(([server, samples]) => [
    server,
    median(samples.requestsPerSecond).toFixed(0),
    median(samples.startMs).toFixed(0),
    median(samples.idleMiB).toFixed(0),
    samples.halfLoadP99Ms.length > 0 ? median(samples.halfLoadP99Ms).toFixed(2) : "",
  ]);
  return table(["server", "requests/s", "start ms", "idle MiB", "p99 at half load ms"], rows);
}

function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, value, spread = [], limit } = figure;
    const promised = limit ? `at ${Object.entries(limit).flat().join(" ")}` : "";
    const range = spread.map((end) => end.toFixed(2)).join(" to ");
    return [what, value.toFixed(2), range, promised, isMet(figure) ? "" : "missed"];
  });
  return table(["medians", "value", "rounds", "promised", ""], rows);
}

function growthTable(growth: Results["growth"]): string {
  const rows = growth.map(({ server, connections, delayMs, requestsPerSecond, p99Ms, MiB }) => [
    server,
    String(connections),
    server === FRONTEND.name ? String(delayMs) : "",
    requestsPerSecond.toFixed(0),
    p99Ms.toFixed(1),
    MiB.toFixed(0),
  ]);
  return table(["server", "connections", "backend ms", "requests/s", "p99 ms", "MiB"], rows);
}
