import { BACKEND, BARE_FASTIFY, BARE_HOP, BARE_HTTP, type Contender, FRONTEND } from "./contenders.ts";
import type { ImageResult } from "./image.ts";
import { MEMORY_CONNECTIONS } from "./plan.ts";
import { type Results, type Samples, samplesOf } from "./results.ts";
import { median } from "./statistics.ts";

/** A value that docs/performance.md promises or shows. */
export interface Figure {
  what: string;
  value: number;
  /** The smallest and the largest value of a round. */
  spread?: readonly [number, number];
  /** The promise: at `least` or at `most`. Without one, the figure is for comparison. */
  limit?: { least: number } | { most: number };
}

const MAX_LOADED_MIB = 160;

export function figuresOf(results: Results): Figure[] {
  return [
    ...serverFigures(results),
    memoryFigure(results),
    ...results.images.flatMap(imageFigures),
    ...soakFigures(results),
  ];
}

function serverFigures(results: Results): Figure[] {
  const compare = (
    what: string,
    [of, over]: readonly [Contender, Contender],
    key: keyof Samples,
    limit?: Figure["limit"],
  ): Figure => ({
    what: `${what}: ${of.name} over ${over.name}`,
    ...ratio(samplesOf(results, of)[key], samplesOf(results, over)[key]),
    ...(limit && { limit }),
  });
  const backend = [BACKEND, BARE_HTTP] as const;
  const frontend = [FRONTEND, BARE_HOP] as const;
  return [
    compare("requests/s", [BARE_FASTIFY, BARE_HTTP], "requestsPerSecond"),
    compare("requests/s", backend, "requestsPerSecond", { least: 0.95 }),
    compare("requests/s", frontend, "requestsPerSecond", { least: 1.1 }),
    compare("idle memory", backend, "idleMiB", { most: 1.15 }),
    compare("idle memory", frontend, "idleMiB", { most: 1.15 }),
    compare("p99 at half load", backend, "halfLoadP99Ms", { most: 1.2 }),
  ];
}

function memoryFigure({ growth }: Results): Figure {
  const loaded = growth.find(
    ({ of, connections, delayMs }) => of === FRONTEND && connections === MEMORY_CONNECTIONS && delayMs === 0,
  );
  return {
    what: `MiB with ${MEMORY_CONNECTIONS} connections: ${FRONTEND.name}`,
    value: loaded?.MiB ?? Number.NaN,
    limit: { most: MAX_LOADED_MIB },
  };
}

function imageFigures({ service, starts, bytes, ownBytes }: ImageResult): Figure[] {
  return [
    {
      what: `start to first 200, in the image: ${service} over bare node:http`,
      ...ratio(starts.shipped, starts.bare),
      limit: { most: 1.4 },
    },
    { what: `MB of the image, compressed: ${service}`, value: bytes / 1e6, limit: { most: 50 } },
    { what: `MB of it that are ours: ${service}`, value: ownBytes / 1e6, limit: { most: 1 } },
  ];
}

function soakFigures({ soaked }: Results): Figure[] {
  if (soaked.length === 0) return [];
  const half = Math.ceil(soaked.length / 2);
  return [
    {
      what: "memory over the soak: median of its last half over that of its first",
      value: median(soaked.slice(half)) / median(soaked.slice(0, half)),
      limit: { most: 1.1 },
    },
    { what: "most MiB of the soak", value: Math.max(...soaked), limit: { most: MAX_LOADED_MIB } },
  ];
}

/** The ratio of two medians, and the range of the ratios of each round. */
export function ratio(
  ours: readonly number[],
  theirs: readonly number[],
): Required<Pick<Figure, "value" | "spread">> {
  const rounds = ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
  return {
    value: median(ours) / median(theirs),
    spread: [Math.min(...rounds), Math.max(...rounds)],
  };
}

/** Whether a figure keeps its promise. An unmeasured one (NaN) does not. */
export function isMet({ value, limit }: Figure): boolean {
  if (!limit) return true;
  return "least" in limit ? value >= limit.least : value <= limit.most;
}
