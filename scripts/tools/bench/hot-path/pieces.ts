import type { ServiceName } from "../../../src/domain/workload.ts";

/** A part of the services that is written for speed. */
export interface Piece {
  name: string;
  /** The library call or the default that it replaces. */
  library: string;
  /** The service that it is measured in. */
  service: ServiceName;
}

/** Compares the shipped bundle with itself. Its saving is the error of the measurement. */
export const CONTROL = "control";

export const PIECES: readonly Piece[] = [
  ...piecesOf("echo-backend", {
    [CONTROL]: "the same code",
    "access-log": "pino: logger.info(fields)",
    "iso-time": "pino.stdTimeFunctions.isoTime",
    "log-output": "pino.destination({ sync: false })",
    durations: "prom-client: Histogram.observe(labels, s)",
    "event-loop-batch": "a direct call",
    "request-id": "crypto.randomUUID()",
    "v8-flags": "V8's own limit of inlined bytecode",
    commonjs: "a bundle that is an ES module",
  }),
  ...piecesOf("echo-frontend", {
    "left-out": "all modules that packages load",
    "undici-parts": "the whole of undici",
    "time-of-day": "Date.toTimeString() per request",
  }),
];

function piecesOf(service: ServiceName, libraries: Readonly<Record<string, string>>): Piece[] {
  return Object.entries(libraries).map(([name, library]) => ({ name, library, service }));
}
