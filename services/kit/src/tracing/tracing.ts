import type { FastifyRequest } from "fastify";
import type { Build } from "../metrics.ts";
import type { Logger } from "pino";

/** Spans of requests, and where they go. */
export interface Tracing {
  /** Begins the trace of a request, or its part here where the caller's `traceparent` has begun it. */
  begin(request: FastifyRequest): RequestTrace;
  /** Sends the spans that are left. Ends within a few seconds, whatever the receiver does. */
  stop(): Promise<void>;
}

/** The server span of one request. */
export interface RequestTrace {
  /** What its log line names, by OpenTelemetry's names for logs. */
  readonly ids: { readonly trace_id: string; readonly span_id: string };
  /** Begins a question to `url`; `resends` is 0, or 1 for the first retry. */
  ask(url: URL, resends: number): UpstreamTrace;
  /** Ends it with the status that was answered and, where there is one, why it is no better. */
  end(status: number, failure: Error | undefined): void;
}

/** The client span of one question to the upstream. Only the first end counts. */
export interface UpstreamTrace {
  /** Headers that continue the trace there. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends it with the version that was answered. */
  answered(version: string, status: number | undefined): void;
  /** Ends it for an error, with the status of an answer that is of no use or undefined where none came. */
  failed(error: Error, status: number | undefined): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Tracing, where OpenTelemetry's variables name a receiver. Nothing of it is loaded otherwise: the build makes
 * `opentelemetry.ts` a file of its own, because in the bundle it would cost every start 2 %.
 */
export async function loadTracing(
  env: Environment,
  build: Build,
  logger: Logger,
): Promise<Tracing | undefined> {
  if (!isWanted(env)) return undefined;
  const { startTracing } = await import("./opentelemetry.ts");
  return startTracing(build, logger);
}

function isWanted(env: Environment): boolean {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim() || env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim();
  const disabled = env.OTEL_SDK_DISABLED?.trim().toLowerCase() === "true";
  return Boolean(endpoint) && !disabled && env.OTEL_TRACES_EXPORTER?.trim() !== "none";
}
