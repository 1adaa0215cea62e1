import type { RequestTrace, Tracing } from "../observability/tracing/tracing.ts";
import type { RequestObserver } from "./request-observer.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Its server span; undefined if requests are not traced. */
    trace: RequestTrace | undefined;
  }
}

/** Makes a span of each request. */
export function requestTrace(tracing: Tracing): RequestObserver {
  return {
    begin(request) {
      request.trace = tracing.begin(request);
    },
    end: ({ trace, failure }, status) => trace?.end(status, failure),
  };
}
