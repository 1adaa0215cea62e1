import { arch, cpus, platform, totalmem } from "node:os";
import { table } from "../terminal.ts";
import { type Figure, isMet, median } from "./figures.ts";
import type { Grown, Measured } from "./measure.ts";

/** What was measured on. */
export function machine(): string {
  const [cpu] = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} × ${cpu?.model.trim() ?? "unknown"}, ${memory} GiB, ${platform()} ${arch()}, Node ${process.version}`;
}

export function contenderTable(measured: Measured): string {
  const rows = [...measured].map(([{ name }, samples]) => [
    name,
    median(samples.requestsPerSecond).toFixed(0),
    median(samples.startMs).toFixed(0),
    median(samples.idleMiB).toFixed(0),
    samples.halfLoadP99Ms.length > 0 ? median(samples.halfLoadP99Ms).toFixed(2) : "",
  ]);
  return table(["server", "requests/s", "start ms", "idle MiB", "p99 at half load ms"], rows);
}

export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, value, spread, limit } = figure;
    const promised = limit ? `at ${Object.entries(limit).flat().join(" ")}` : "";
    const range = spread ? spread.map((end) => end.toFixed(2)).join(" to ") : "";
    return [what, value.toFixed(2), range, promised, isMet(figure) ? "" : "missed"];
  });
  return table(["medians", "value", "rounds", "promised", ""], rows);
}

export function growthTable(grown: readonly Grown[]): string {
  const rows = grown.map(({ of, connections, delayMs, requestsPerSecond, p99Ms, MiB }) => [
    of.name,
    String(connections),
    of.hop ? String(delayMs) : "",
    requestsPerSecond.toFixed(0),
    p99Ms.toFixed(1),
    MiB.toFixed(0),
  ]);
  return table(["server", "connections", "backend ms", "requests/s", "p99 ms", "MiB"], rows);
}
