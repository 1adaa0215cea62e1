import type { FastifyRequest } from "fastify";
import type { AccessLog } from "../hot-path/access-log.ts";
import type { RequestObserver } from "./request-observer.ts";

/** Logs one line per request. */
export function requestLog(accessLog: AccessLog): RequestObserver {
  return {
    end(request, status, duration) {
      const { method, originalUrl: url, id: requestId } = request;
      accessLog({ method, url, status, duration, requestId, details: detailsOf(request) });
    },
  };
}

/** The ids of the trace if there is one, and the error if the request failed. */
function detailsOf({ trace, failure }: FastifyRequest): Record<string, string> | undefined {
  if (!trace && !failure) return undefined;
  return { ...trace?.ids, ...(failure && { error: explain(failure) }) };
}

/** An error and its cause, in one line. */
function explain(error: Error): string {
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
