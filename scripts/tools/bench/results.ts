import type { LoadResult } from "../../src/adapters/load-tool.ts";
import { type Contender, CONTENDERS } from "./contenders.ts";
import type { ImageResult } from "./image.ts";

/** The values of one contender, one per round. */
export interface Samples {
  requestsPerSecond: number[];
  startMs: number[];
  idleMiB: number[];
  /** At half of the highest rate of bare node:http, the same rate for all. */
  halfLoadP99Ms: number[];
}

/** One service with a number of connections and, for the frontend, a backend with a delay. */
export interface Growth extends LoadResult {
  of: Contender;
  connections: number;
  delayMs: number;
  MiB: number;
}

/** Everything that a run measured. */
export interface Results {
  measured: ReadonlyMap<Contender, Samples>;
  growth: Growth[];
  /** Empty without docker. */
  images: ImageResult[];
  /** The frontend's memory in MiB at the end of each minute of the soak; empty without one. */
  soaked: number[];
}

export function emptyResults(): Results {
  const measured = CONTENDERS.map((of) => [of, emptySamples()] as const);
  return { measured: new Map(measured), growth: [], images: [], soaked: [] };
}

export function samplesOf({ measured }: Results, contender: Contender): Samples {
  const samples = measured.get(contender);
  if (!samples) throw new Error(`${contender.name} was not measured.`);
  return samples;
}

function emptySamples(): Samples {
  return { requestsPerSecond: [], startMs: [], idleMiB: [], halfLoadP99Ms: [] };
}
