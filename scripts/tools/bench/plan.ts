import { commonSettings } from "@echo/kit";
import * as v from "valibot";
import { SERVICES, type ServiceName } from "../../src/domain/workload.ts";
import type { Pair } from "./compare.ts";
import * as contenders from "./contenders.ts";
import type { Contender } from "./contenders.ts";
import { CONNECTIONS, LATENCY_RATE, type Rate } from "./load.ts";

const { BACKEND, BARE_HOP, BARE_HTTP, FASTIFY, FRONTEND, GO_ECHO, GO_HOP } = contenders;

/** The load under which the frontend's memory has a limit. */
export const MEMORY_CONNECTIONS = 256;
/** The most connections that the services accept by default. */
export const MAX_CONNECTIONS = Number(v.getDefault(commonSettings.MAX_CONNECTIONS));
const SOAK_MINUTES = 10;
/** Starts are cheap to measure, and vary. */
const STARTS_PER_ROUND = 4;

const HOP_RATES: readonly Rate[] = [500, 2000, "saturation"];
const BACKEND_RATES: readonly Rate[] = [500, 2000, LATENCY_RATE, "saturation"];

/** One service with a number of connections, a backend with a delay, and an extra header. */
export interface Growth {
  of: Contender;
  connections: number;
  delayMs: number;
  headerBytes: number;
}

/** One measurement. */
export type Step = { title: string } & (
  | { kind: "compare"; of: Pair<Contender>; rates: readonly Rate[] }
  | { kind: "idle memory"; of: Pair<Contender> }
  | { kind: "first second"; of: Contender; starts: number }
  | { kind: "grow"; growth: Growth }
  | { kind: "image"; service: ServiceName; starts: number }
  | { kind: "soak"; minutes: number; connections: number }
);

interface PlanOptions {
  go: boolean;
  images: boolean;
  soak: boolean;
}

/** All measurements in their order. */
export function planBench(rounds: number, { go, images, soak }: PlanOptions): Step[] {
  const starts = rounds * STARTS_PER_ROUND;
  const steps = [
    ...[BARE_HTTP, ...(go ? [GO_ECHO] : []), FASTIFY].map((theirs) =>
      compareStep({ ours: BACKEND, theirs }, BACKEND_RATES),
    ),
    ...[BARE_HOP, ...(go ? [GO_HOP] : [])].map((theirs) =>
      compareStep({ ours: FRONTEND, theirs }, HOP_RATES),
    ),
    idleStep({ ours: BACKEND, theirs: BARE_HTTP }),
    idleStep({ ours: FRONTEND, theirs: BARE_HOP }),
    ...[BACKEND, FRONTEND].map((of): Step => {
      const title = `${of.name}: first second of ${rounds} new processes`;
      return { kind: "first second", title, of, starts: rounds };
    }),
    ...growthSteps(),
    ...SERVICES.filter(() => images).map((service): Step => {
      return { kind: "image", title: `image of ${service}: ${starts} starts`, service, starts };
    }),
  ];
  if (!soak) return steps;
  const title = `${FRONTEND.name}: ${MEMORY_CONNECTIONS} connections for ${SOAK_MINUTES} minutes`;
  return [...steps, { kind: "soak", title, minutes: SOAK_MINUTES, connections: MEMORY_CONNECTIONS }];
}

function compareStep(of: Pair<Contender>, rates: readonly Rate[]): Step {
  const title = `${of.ours.name} and ${of.theirs.name}: ${rates.join(", ")} requests/s`;
  return { kind: "compare", title, of, rates };
}

function idleStep(of: Pair<Contender>): Step {
  return { kind: "idle memory", title: `${of.ours.name} and ${of.theirs.name}: idle memory`, of };
}

function growthSteps(): Step[] {
  const small = { connections: CONNECTIONS, delayMs: 0, headerBytes: 0 };
  const byConnections = [1, CONNECTIONS, MEMORY_CONNECTIONS, 1024, MAX_CONNECTIONS, 4096];
  const byHeader = [1024, 8192, 15_360];
  const growths: Growth[] = [];
  for (const service of [BACKEND, FRONTEND]) {
    for (const connections of byConnections) growths.push({ of: service, ...small, connections });
    for (const headerBytes of byHeader) growths.push({ of: service, ...small, headerBytes });
  }
  for (const delayMs of [5, 50, 500])
    growths.push({ of: FRONTEND, ...small, connections: MEMORY_CONNECTIONS, delayMs });
  return growths.map((growth) => {
    const { of, connections, delayMs, headerBytes } = growth;
    const title = `${of.name}: ${connections} connections, backend delay ${delayMs} ms, header of ${headerBytes} bytes`;
    return { kind: "grow", title, growth };
  });
}
