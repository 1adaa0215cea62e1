import { basename } from "node:path";
import type { Kind } from "../../src/lib/arguments.ts";
import { SERVICES, type ServiceName } from "../../src/domain/workload.ts";

/** A part of the services that is written for speed. */
export interface Piece {
  name: string;
  /** The library call or the default that it replaces; a bundle if the piece is a whole service. */
  library: string;
  /** The service that it is measured in. */
  service: ServiceName;
}

export const WHOLE_SERVICE = "whole service";

const LIBRARIES = {
  "echo-backend": {
    // The shipped bundle, compared with itself. Its saving is the error of the measurement.
    control: "the same code",
    "access-log": "pino: logger.info(fields)",
    "iso-time": "pino.stdTimeFunctions.isoTime",
    "log-output": "pino.destination({ sync: false })",
    durations: "prom-client: Histogram.observe(labels, s)",
    "event-loop-batch": "a direct call",
    "request-id": "crypto.randomUUID()",
    "v8-flags": "V8's own limit of inlined bytecode",
    commonjs: "a bundle that is an ES module",
  },
  "echo-frontend": {
    "left-out": "all modules that packages load",
    "undici-parts": "the whole of undici",
    "time-of-day": "Date.toTimeString() per request",
  },
};

export const PIECES: readonly Piece[] = SERVICES.flatMap((service) =>
  Object.entries(LIBRARIES[service]).map(([name, library]) => ({ name, library, service })),
);

/** A service as a whole, compared with another bundle of it. */
export const bundle: Kind<Piece> = {
  expected: "a file such as echo-backend-11.0.mjs",
  read: (file) => {
    const service = SERVICES.find((name) => basename(file).startsWith(name));
    return service && { name: WHOLE_SERVICE, library: file, service };
  },
};
