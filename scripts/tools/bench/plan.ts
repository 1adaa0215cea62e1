import { SERVICES, type ServiceName } from "../../src/domain/workload.ts";
import { BACKEND, type Contender, CONTENDERS, FRONTEND } from "./contenders.ts";

/** The load under which the frontend's memory has a limit. */
export const MEMORY_CONNECTIONS = 256;
const SOAK_MINUTES = 10;
/** Starts of a server are cheap to measure, and vary. */
const STARTS_PER_ROUND = 4;

/** One measurement. */
export type Step = { title: string } & (
  | { kind: "compare"; of: Contender }
  | { kind: "grow"; of: Contender; connections: number; delayMs: number }
  | { kind: "image"; service: ServiceName; starts: number }
  | { kind: "soak"; minutes: number; connections: number }
);

export interface PlanOptions {
  rounds: number;
  images: boolean;
  soak: boolean;
}

/** All measurements in their order. Contenders alternate, so that a slow phase of the machine affects all of them. */
export function planBench({ rounds, images, soak }: PlanOptions): Step[] {
  const sizes = [1, 32, MEMORY_CONNECTIONS, 1024];
  return [
    ...Array.from({ length: rounds }, (_, round) => CONTENDERS.map((of) => compare(of, round + 1))).flat(),
    ...[BACKEND, FRONTEND].flatMap((of) => sizes.map((connections) => grow(of, connections, 0))),
    ...[5, 50].map((delayMs) => grow(FRONTEND, MEMORY_CONNECTIONS, delayMs)),
    ...(images ? SERVICES : []).map((service) => startImage(service, rounds * STARTS_PER_ROUND)),
    ...(soak ? [soakFrontend(SOAK_MINUTES, MEMORY_CONNECTIONS)] : []),
  ];
}

function compare(of: Contender, round: number): Step {
  return { kind: "compare", title: `round ${round}: ${of.name}`, of };
}

function grow(of: Contender, connections: number, delayMs: number): Step {
  const title = `${of.name}: ${connections} connections, backend delay ${delayMs} ms`;
  return { kind: "grow", title, of, connections, delayMs };
}

function startImage(service: ServiceName, starts: number): Step {
  return { kind: "image", title: `image of ${service}: ${starts} starts`, service, starts };
}

function soakFrontend(minutes: number, connections: number): Step {
  const title = `${FRONTEND.name}: ${connections} connections for ${minutes} minutes`;
  return { kind: "soak", title, minutes, connections };
}
