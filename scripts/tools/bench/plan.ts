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

/** All measurements in their order. Contenders alternate, so that a slow phase of the machine affects all of them. */
export function planBench(rounds: number, { images, soak }: { images: boolean; soak: boolean }): Step[] {
  const steps: Step[] = [];
  for (let round = 1; round <= rounds; round++)
    for (const server of CONTENDERS)
      steps.push({ kind: "compare", title: `round ${round}: ${server.name}`, of: server });

  const grow = (of: Contender, connections: number, delayMs: number) => {
    const title = `${of.name}: ${connections} connections, backend delay ${delayMs} ms`;
    steps.push({ kind: "grow", title, of, connections, delayMs });
  };
  for (const server of [BACKEND, FRONTEND])
    for (const connections of [1, 32, MEMORY_CONNECTIONS, 1024]) grow(server, connections, 0);
  for (const delayMs of [5, 50]) grow(FRONTEND, MEMORY_CONNECTIONS, delayMs);

  const starts = rounds * STARTS_PER_ROUND;
  for (const service of images ? SERVICES : [])
    steps.push({ kind: "image", title: `image of ${service}: ${starts} starts`, service, starts });
  if (soak) {
    const title = `${FRONTEND.name}: ${MEMORY_CONNECTIONS} connections for ${SOAK_MINUTES} minutes`;
    steps.push({ kind: "soak", title, minutes: SOAK_MINUTES, connections: MEMORY_CONNECTIONS });
  }
  return steps;
}
