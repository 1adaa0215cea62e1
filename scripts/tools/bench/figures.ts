import type { Sample } from "./compare.ts";
import { BACKEND, BARE_HOP, BARE_HTTP, type Contender, FRONTEND, GO_ECHO, GO_HOP } from "./contenders.ts";
import type { Results } from "./execute.ts";
import type { ImageResult } from "./image.ts";
import { LATENCY_RATE, type Rate } from "./load.ts";
import { MAX_CONNECTIONS, MEMORY_CONNECTIONS } from "./plan.ts";
import { median, quantile } from "./statistics.ts";

/** A promise of docs/performance.md. */
type Limit = { least: number } | { most: number };

/** A value that docs/performance.md promises or, without a limit, shows for comparison. */
export interface Figure {
  what: string;
  value: number;
  /** The quartiles of the rounds. */
  quartiles?: readonly [number, number];
  limit?: Limit | undefined;
}

/** Ratios of CPU time per request. */
const CPU_RATIOS: readonly [ours: Contender, theirs: Contender, rate: Rate, limit: Limit][] = [
  [BACKEND, BARE_HTTP, "saturation", { most: 1.25 }],
  [BACKEND, GO_ECHO, "saturation", { most: 0.75 }],
  [BACKEND, GO_ECHO, 2000, { most: 1 }],
  [FRONTEND, GO_HOP, "saturation", { most: 0.95 }],
  [FRONTEND, GO_HOP, 2000, { most: 1.2 }],
];
const MAX_FIRST_SECOND: Readonly<Record<string, number>> = { [BACKEND.name]: 3, [FRONTEND.name]: 15 };
const MAX_IDLE = 1.15;
const MAX_LOADED_MIB = 125;
/** The limit of the chart, `resources.limits.memory`. */
const POD_MIB = 300;
const MAX_START = { "echo-backend": 1.4, "echo-frontend": 1.4 } as const;

export function figuresOf({ compared, idle, firstSeconds, growth, images, soaked }: Results): Figure[] {
  const ratios = (ours: Contender, theirs: Contender, rate: Rate, value: (sample: Sample) => number) => {
    const pair = compared.find((each) => each.ours === ours.name && each.theirs === theirs.name);
    const rounds = pair?.comparisons.find((comparison) => comparison.rate === rate)?.rounds ?? [];
    return spread(rounds.map((round) => value(round.ours) / value(round.theirs)));
  };
  return [
    ...CPU_RATIOS.map(([ours, theirs, rate, limit]): Figure => {
      const what = `CPU time per request: ${ours.name} over ${theirs.name}, ${at(rate)}`;
      const { value, quartiles } = ratios(ours, theirs, rate, ({ microseconds }) => microseconds);
      return { what, value, quartiles, limit };
    }),
    {
      what: `requests per second of CPU time: ${FRONTEND.name} over ${BARE_HOP.name}, ${at("saturation")}`,
      ...ratios(FRONTEND, BARE_HOP, "saturation", ({ microseconds }) => 1 / microseconds),
      limit: { least: 1.1 },
    },
    {
      what: `p99: ${BACKEND.name} over ${BARE_HTTP.name}, ${at(LATENCY_RATE)}`,
      ...ratios(BACKEND, BARE_HTTP, LATENCY_RATE, ({ p99Ms }) => p99Ms),
      limit: { most: 1.2 },
    },
    ...firstSeconds.map(({ server, starts }) => ({
      what: `p99 of a new process: its first second over its last: ${server}`,
      ...spread(starts.map(({ firstMs, steadyMs }) => firstMs / steadyMs)),
      limit: { most: MAX_FIRST_SECOND[server] ?? Number.NaN },
    })),
    ...idle.map(({ ours, theirs, MiB }) => ({
      what: `idle memory: ${ours} over ${theirs}`,
      ...spread(MiB.map((start) => start.ours / start.theirs)),
      limit: { most: MAX_IDLE },
    })),
    memoryFigure(growth, MEMORY_CONNECTIONS, MAX_LOADED_MIB),
    memoryFigure(growth, MAX_CONNECTIONS, POD_MIB),
    ...images.flatMap(imageFigures),
    ...(soaked.length > 0 ? soakFigures(soaked) : []),
  ];
}

/** How a rate reads in the name of a figure. */
export function at(rate: Rate): string {
  return rate === "saturation" ? "at saturation" : `at ${rate} requests/s`;
}

/** The median of values and their quartiles. */
export function spread(values: readonly number[]) {
  return { value: median(values), quartiles: [quantile(values, 0.25), quantile(values, 0.75)] as const };
}

function memoryFigure(growth: Results["growth"], connections: number, most: number): Figure {
  const loaded = growth.find(
    (each) =>
      each.server === FRONTEND.name &&
      each.connections === connections &&
      each.delayMs === 0 &&
      each.headerBytes === 0,
  );
  const what = `MiB with ${connections} connections: ${FRONTEND.name}`;
  return { what, value: loaded?.MiB ?? Number.NaN, limit: { most } };
}

function imageFigures({ service, starts, bytes, ownBytes }: ImageResult): Figure[] {
  return [
    {
      what: `start to first 200, in the image: ${service} over bare node:http`,
      ...spread(starts.shipped.map((ms, start) => ms / (starts.bare[start] ?? Number.NaN))),
      limit: { most: MAX_START[service] },
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

/** Whether a figure keeps its promise. An unmeasured one (NaN) does not. */
export function isMet({ value, limit }: Figure): boolean {
  if (!limit) return true;
  return "least" in limit ? value >= limit.least : value <= limit.most;
}
