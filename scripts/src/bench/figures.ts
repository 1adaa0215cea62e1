import { BACKEND, BARE_FASTIFY, BARE_HOP, BARE_HTTP, type Contender, FRONTEND } from "./contenders.ts";
import type { ImageMeasured } from "./image.ts";
import type { Grown, Measured, Samples } from "./measure.ts";

/** Something that the README promises, or that is shown beside it. */
export interface Figure {
  what: string;
  value: number;
  /** The smallest and the greatest value of a round. */
  spread?: readonly [number, number];
  /** `least` or `most`; undefined where it is shown alone. */
  limit?: { least: number } | { most: number };
}

export interface Results {
  measured: Measured;
  growth: readonly Grown[];
  /** Undefined where there is no docker. */
  images: readonly ImageMeasured[] | undefined;
  /** The frontend's memory in MiB, at the end of each minute; undefined where it was not soaked. */
  soaked: readonly number[] | undefined;
}

/** Connections of the load under which the frontend's memory is promised. */
export const MEMORY_CONNECTIONS = 256;
const MAX_LOADED_MIB = 160;

export function figuresOf({ measured, growth, images, soaked }: Results): Figure[] {
  const loaded = growth.find(
    ({ of, connections, delayMs }) => of === FRONTEND && connections === MEMORY_CONNECTIONS && delayMs === 0,
  );
  return [
    ...serverFigures(measured),
    {
      what: `MiB with ${MEMORY_CONNECTIONS} connections: ${FRONTEND.name}`,
      value: loaded?.MiB ?? Number.NaN,
      limit: { most: MAX_LOADED_MIB },
    },
    ...(images ?? []).flatMap(imageFigures),
    ...(soaked ? soakFigures(soaked) : []),
  ];
}

const rate = (samples: Samples) => samples.requestsPerSecond;

function serverFigures(measured: Measured): Figure[] {
  const compare = (
    what: string,
    of: Contender,
    over: Contender,
    pick: (samples: Samples) => readonly number[],
    limit?: Figure["limit"],
  ): Figure => ({
    what: `${what}: ${of.name} over ${over.name}`,
    ...ratio(pick(samplesOf(measured, of)), pick(samplesOf(measured, over))),
    ...(limit && { limit }),
  });
  return [
    compare("requests/s", BARE_FASTIFY, BARE_HTTP, rate),
    compare("requests/s", BACKEND, BARE_HTTP, rate, { least: 0.95 }),
    compare("requests/s", FRONTEND, BARE_HOP, rate, { least: 1.1 }),
    compare("idle memory", BACKEND, BARE_HTTP, ({ idleMiB }) => idleMiB, { most: 1.15 }),
    compare("idle memory", FRONTEND, BARE_HOP, ({ idleMiB }) => idleMiB, { most: 1.15 }),
    compare("p99 at half load", BACKEND, BARE_HTTP, ({ halfLoadP99Ms }) => halfLoadP99Ms, { most: 1.2 }),
  ];
}

function imageFigures({ service, starts, bytes, ownBytes }: ImageMeasured): Figure[] {
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
  const half = soaked.length / 2;
  return [
    {
      what: "memory over the soak: median of its last half over that of its first",
      value: median(soaked.slice(Math.ceil(half))) / median(soaked.slice(0, Math.ceil(half))),
      limit: { most: 1.1 },
    },
    { what: "most MiB of the soak", value: Math.max(...soaked), limit: { most: MAX_LOADED_MIB } },
  ];
}

/** The ratio of two medians, and the range of the rounds' own ratios. */
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

/** Whether a figure is as promised. What could not be measured (not a number) is not. */
export function isMet({ value, limit }: Figure): boolean {
  if (!limit) return true;
  return "least" in limit ? value >= limit.least : value <= limit.most;
}

/** The middle value; of an even number of them the mean of the two in the middle; of none, not a number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

function samplesOf(measured: Measured, contender: Contender): Samples {
  const samples = measured.get(contender);
  if (!samples) throw new Error(`${contender.name} was not measured`);
  return samples;
}
