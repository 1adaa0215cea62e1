import { BACKEND, BARE_FASTIFY, BARE_HOP, BARE_HTTP, type Contender, FRONTEND } from "./contenders.ts";
import type { Results, Samples } from "./execute.ts";
import type { ImageResult } from "./image.ts";
import { MEMORY_CONNECTIONS } from "./plan.ts";
import { median } from "./statistics.ts";

/** A promise of docs/performance.md. */
type Limit = { least: number } | { most: number };

/** A value that docs/performance.md promises or, without a limit, shows for comparison. */
export interface Figure {
  what: string;
  value: number;
  /** The smallest and the largest value of a round. */
  spread?: readonly [number, number];
  limit?: Limit | undefined;
}

const RATIOS: readonly [name: string, key: keyof Samples, of: Contender, over: Contender, limit?: Limit][] = [
  ["requests/s", "requestsPerSecond", BARE_FASTIFY, BARE_HTTP],
  ["requests/s", "requestsPerSecond", BACKEND, BARE_HTTP, { least: 0.95 }],
  ["requests/s", "requestsPerSecond", FRONTEND, BARE_HOP, { least: 1.1 }],
  ["idle memory", "idleMiB", BACKEND, BARE_HTTP, { most: 1.15 }],
  ["idle memory", "idleMiB", FRONTEND, BARE_HOP, { most: 1.15 }],
  ["p99 at half load", "halfLoadP99Ms", BACKEND, BARE_HTTP, { most: 1.2 }],
];
const MAX_LOADED_MIB = 160;

export function figuresOf({ measured, growth, images, soaked }: Results): Figure[] {
  const loaded = growth.find(
    ({ server, connections, delayMs }) =>
      server === FRONTEND.name && connections === MEMORY_CONNECTIONS && delayMs === 0,
  );
  return [
    ...RATIOS.map(([name, key, of, over, limit]) => {
      const what = `${name}: ${of.name} over ${over.name}`;
      const { value, spread } = ratio(measured[of.name]?.[key] ?? [], measured[over.name]?.[key] ?? []);
      return { what, value, spread, limit };
    }),
    {
      what: `MiB with ${MEMORY_CONNECTIONS} connections: ${FRONTEND.name}`,
      value: loaded?.MiB ?? Number.NaN,
      limit: { most: MAX_LOADED_MIB },
    },
    ...images.flatMap(imageFigures),
    ...(soaked.length > 0 ? soakFigures(soaked) : []),
  ];
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

function soakFigures(soaked: readonly number[]): Figure[] {
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
export function ratio(ours: readonly number[], theirs: readonly number[]) {
  const rounds = ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
  const spread = [Math.min(...rounds), Math.max(...rounds)] as const;
  return { value: median(ours) / median(theirs), spread };
}

/** Whether a figure keeps its promise. An unmeasured one (NaN) does not. */
export function isMet({ value, limit }: Figure): boolean {
  if (!limit) return true;
  return "least" in limit ? value >= limit.least : value <= limit.most;
}
