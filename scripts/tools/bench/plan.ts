import { SERVICES, type ServiceName } from "../../src/names.ts";
import { BACKEND, type Contender, CONTENDERS, FRONTEND } from "./contenders.ts";

/** The load under which the frontend's memory has a limit. */
export const MEMORY_CONNECTIONS = 256;
const SOAK_MINUTES = 10;
/** Starts of a server are cheap to measure, and vary. */
const STARTS_PER_ROUND = 4;

/** One measurement. */
export type Step =
  | { kind: "compare"; of: Contender; round: number }
  | { kind: "grow"; of: Contender; connections: number; delayMs: number }
  | { kind: "image"; service: ServiceName; starts: number }
  | { kind: "soak"; minutes: number; connections: number };

export interface PlanOptions {
  rounds: number;
  images: boolean;
  soak: boolean;
}

/** All measurements in their order. Contenders alternate, so that a slow phase of the machine affects all of them. */
export function planBench({ rounds, images, soak }: PlanOptions): Step[] {
  return [
    ...numbers(rounds).flatMap((round) => CONTENDERS.map((of): Step => ({ kind: "compare", of, round }))),
    ...[BACKEND, FRONTEND].flatMap((of) =>
      [1, 32, 256, 1024].map((connections): Step => ({ kind: "grow", of, connections, delayMs: 0 })),
    ),
    ...[5, 50].map((delayMs): Step => ({
      kind: "grow",
      of: FRONTEND,
      connections: MEMORY_CONNECTIONS,
      delayMs,
    })),
    ...(images ? SERVICES : []).map((service): Step => ({
      kind: "image",
      service,
      starts: rounds * STARTS_PER_ROUND,
    })),
    ...(soak ? [SOAK_MINUTES] : []).map((minutes): Step => ({
      kind: "soak",
      minutes,
      connections: MEMORY_CONNECTIONS,
    })),
  ];
}

/** One line for a step. */
export function describe(step: Step): string {
  switch (step.kind) {
    case "compare":
      return `round ${step.round}: ${step.of.name}`;
    case "grow":
      return `${step.of.name}: ${step.connections} connections, backend delay ${step.delayMs} ms`;
    case "image":
      return `image of ${step.service}: ${step.starts} starts`;
    case "soak":
      return `${FRONTEND.name}: ${step.connections} connections for ${step.minutes} minutes`;
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
