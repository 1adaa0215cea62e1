import type { Tracing } from "../observability/tracing/tracing.ts";
import type { RequestObserver } from "./request-observer.ts";

/** Makes a span of each request, if requests are traced. */
export function requestTrace(tracing: Tracing | undefined): RequestObserver {
  return {
    begin(request) {
      request.trace = tracing?.begin(request);
    },
    end: ({ trace, failure }, status) => trace?.end(status, failure),
  };
}
