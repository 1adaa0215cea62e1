import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import { table } from "../../src/lib/terminal.ts";
import type { Comparison, Sample } from "./compare.ts";
import type { Results } from "./execute.ts";
import { type Figure, isMet, spread } from "./figures.ts";
import { median } from "./statistics.ts";

export interface Report {
  /** Whether go is installed, which the reference service needs. */
  go: boolean;
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

export function jsonReport({ go, results, figures, bundles }: Report): string {
  const judged = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
  return JSON.stringify({ machine: machine(), go, figures: judged, ...results, bundles });
}

export function textReport({ go, results, figures, bundles }: Report): string {
  const { compared, growth, images, soaked } = results;
  return [
    machine(),
    !go && "The reference service in Go was not measured: go is missing.",
    `\n${comparisonTable(compared)}\n\n${figureTable(figures)}\n\n${growthTable(growth)}\n`,
    ...bundles.map(({ name, bytes }) => `${name}: bundle of ${(bytes / 1000).toFixed(0)} kB`),
    images.length === 0 && "Images were not measured: docker is missing.",
    soaked.length > 0 &&
      `soak, MiB at the end of each minute: ${soaked.map((MiB) => MiB.toFixed(0)).join(" ")}`,
  ]
    .filter(Boolean)
    .join("\n");
}

function comparisonTable(compared: Results["compared"]): string {
  const rows = compared.flatMap(({ ours, theirs, comparisons }) =>
    comparisons.map((comparison) => [`${ours} / ${theirs}`, ...comparisonRow(comparison)]),
  );
  const latencies = ["p50 ms", "p99 ms", "p99.9 ms"];
  return table(
    ["servers", "requests/s", "CPU µs per request", "ratio", ...latencies, "others", "rounds"],
    rows,
  );
}

function comparisonRow({ rate, rounds, others, repeated }: Comparison): string[] {
  /** The medians of both servers. */
  const both = (value: (sample: Sample) => number, digits: number) =>
    [rounds.map(({ ours }) => value(ours)), rounds.map(({ theirs }) => value(theirs))]
      .map((values) => median(values).toFixed(digits))
      .join(" / ");
  const ratio = spread(rounds.map(({ ours, theirs }) => ours.microseconds / theirs.microseconds));
  const latency = (value: (sample: Sample) => number) => (rate === "saturation" ? "" : both(value, 2));
  return [
    rate === "saturation" ? `max: ${both((sample) => sample.requestsPerSecond, 0)}` : String(rate),
    both((sample) => sample.microseconds, 1),
    `${ratio.value.toFixed(2)} (${ratio.quartiles.map((quartile) => quartile.toFixed(2)).join(" to ")})`,
    latency((sample) => sample.p50Ms),
    latency((sample) => sample.p99Ms),
    latency((sample) => sample.p999Ms),
    `${(median(others) * 100).toFixed(0)} %`,
    repeated === 0 ? String(rounds.length) : `${rounds.length} (${repeated} repeated)`,
  ];
}

function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, value, quartiles = [], limit } = figure;
    const promised = limit ? `at ${Object.entries(limit).flat().join(" ")}` : "";
    const range = quartiles.map((end) => end.toFixed(2)).join(" to ");
    return [what, value.toFixed(2), range, promised, isMet(figure) ? "" : "missed"];
  });
  return table(["medians", "value", "quartiles", "promised", ""], rows);
}

function growthTable(growth: Results["growth"]): string {
  const rows = growth.map((each) => [
    each.server,
    String(each.connections),
    String(each.delayMs),
    String(each.headerBytes),
    each.requestsPerSecond.toFixed(0),
    each.microseconds.toFixed(1),
    each.p99Ms.toFixed(1),
    `${((each.rejected / each.requests) * 100).toFixed(0)} %`,
    each.MiB.toFixed(0),
  ]);
  const load = ["server", "connections", "backend ms", "header bytes"];
  return table([...load, "requests/s", "CPU µs per request", "p99 ms", "rejected", "MiB"], rows);
}
