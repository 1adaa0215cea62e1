import { performance } from "node:perf_hooks";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RequestTrace } from "../observability/tracing/tracing.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whether it holds a place among the requests that are handled. */
    admitted: boolean;
    /** Why it failed, for its log line and its span. */
    failure: Error | undefined;
    /** Its server span; undefined if requests are not traced. */
    trace: RequestTrace | undefined;
  }
}

/** Sees each request of an app twice. */
export interface RequestObserver {
  /** Its headers have been parsed. */
  begin?(request: FastifyRequest, reply: FastifyReply): void;
  /** Its response was sent, or its client closed the connection before (status 499). */
  end?(request: FastifyRequest, status: number, milliseconds: number): void;
}

/** The status that nginx logs for a client that closed the connection before the response. */
const CLIENT_CLOSED_REQUEST = 499;

/** Calls the observers, in their order, once at the begin and once at the end of each request. */
export function observeRequests(app: FastifyInstance, observers: readonly RequestObserver[]): void {
  app.decorateRequest("admitted", false).decorateRequest("failure").decorateRequest("trace");
  app.addHook("onRequest", (request, reply, done) => {
    const start = performance.now();
    const response = reply.raw;
    for (const observer of observers) observer.begin?.(request, reply);
    // Fastify's onResponse hook does not run if the client closes the connection first.
    response.on("close", () => {
      const status = response.writableEnded ? reply.statusCode : CLIENT_CLOSED_REQUEST;
      const duration = performance.now() - start;
      for (const observer of observers) observer.end?.(request, status, duration);
    });
    done();
  });
}
