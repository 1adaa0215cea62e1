import type { FastifyRequest } from "fastify";

/** Makes spans of requests, and exports them. */
export interface Tracing {
  /** Starts the server span of a request, in the trace of its `traceparent` header or in a new one. */
  begin(request: FastifyRequest): RequestTrace;
  /** Exports the remaining spans, within a few seconds even if the receiver does not respond. */
  stop(): Promise<void>;
}

/** The server span of one request. */
export interface RequestTrace {
  /** The ids in its log line, with OpenTelemetry's names for logs. */
  readonly ids: { readonly trace_id: string; readonly span_id: string };
  /** Starts the span of an upstream request to `url`; `resends` is 0, or 1 for the first retry. */
  startUpstream(url: URL, resends: number): UpstreamTrace;
  /** Ends the span with the status of the response and the reason if the request failed. */
  end(status: number, failure: Error | undefined): void;
}

/** The client span of one upstream request. Only its first end counts. */
export interface UpstreamTrace {
  /** Headers that continue the trace in the upstream. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the span with the version in the response. */
  succeed(version: string, status: number | undefined): void;
  /** Ends the span with an error, and with the status if there was a response. */
  fail(error: Error, status: number | undefined): void;
}
