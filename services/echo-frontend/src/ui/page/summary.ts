import type { Result, Source, Weights } from "./result.ts";

/** The results of one source. */
export interface Group {
  source: Source;
  /** Such as `blue 11.0`. */
  label: string;
  count: number;
  /** Its part of all results, from 0 to 1. */
  share: number;
  /** Its errors as a part of its own results, from 0 to 1. */
  errorShare: number;
  /** Latencies of the server, in ms. */
  p50: number | undefined;
  p99: number | undefined;
  /** Its weight behind the stable name, in percent, if it is known. */
  weight: number | undefined;
}

/** Everything that the page says about a time. All its parts show the same summary, so that they never contradict. */
export interface Summary {
  count: number;
  /** Errors as a part of all results, from 0 to 1. */
  errorShare: number;
  groups: readonly Group[];
  p50: number | undefined;
  p99: number | undefined;
}

const SOURCES: readonly Source[] = ["blue", "green", "other", "unknown"];

/** Summarizes results. Without any response there is nothing to share: failures alone are no answer to "which colour?". */
export function summarize(results: readonly Result[]): Summary {
  const shown = results.some(({ responded }) => responded) ? results : [];
  const weights = shown.findLast((result) => result.weights)?.weights;
  const byKey = Map.groupBy(shown, ({ source, version }) => (source === "other" ? version : source));
  for (const color of ["blue", "green"] as const)
    if (weights && weights[color] > 0 && !byKey.has(color)) byKey.set(color, []);
  const groups = [...byKey].map(([key, own]) => groupOf(key, own, shown.length, weights));
  return {
    count: shown.length,
    errorShare: partOf(errorsIn(shown), shown.length),
    groups: groups.toSorted((a, b) => place(a) - place(b) || a.label.localeCompare(b.label)),
    ...latenciesOf(shown),
  };
}

function place({ source }: Group): number {
  return SOURCES.indexOf(source);
}

function groupOf(key: string, own: readonly Result[], total: number, weights: Weights | undefined): Group {
  const source = SOURCES.find((name) => name === key) ?? "other";
  const versions = [...new Set(own.map(({ version }) => version))].filter((version) => version !== "");
  const name = source === "other" ? "" : source;
  return {
    source,
    label: [name, versions.toSorted().join(" and ")].filter((part) => part !== "").join(" "),
    count: own.length,
    share: partOf(own.length, total),
    errorShare: partOf(errorsIn(own), own.length),
    weight: source === "blue" || source === "green" ? weights?.[source] : undefined,
    ...latenciesOf(own),
  };
}

function errorsIn(results: readonly Result[]): number {
  return results.filter(({ ok }) => !ok).length;
}

function partOf(count: number, total: number): number {
  return total === 0 ? 0 : count / total;
}

function latenciesOf(results: readonly Result[]) {
  const sorted = results
    .map(({ timing }) => timing.serverMs)
    .filter((ms) => ms !== undefined)
    .toSorted((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

/** The number that `share` of the sorted numbers (0 to 1) do not exceed; undefined if there are none. */
export function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
