import type { Attributes, Context, Span, Tracer } from "@opentelemetry/api";
import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import * as semconv from "@opentelemetry/semantic-conventions";
import type { FastifyRequest } from "fastify";
import type { RequestTrace, UpstreamTrace } from "./tracing.ts";

/** The methods that OpenTelemetry's conventions name. Any other becomes `_OTHER`, so that there are few span names. */
const KNOWN_METHODS = new Set("CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE".split(" "));

const w3c = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});

/** The span of a request to this service, by OpenTelemetry's semantic conventions for HTTP. */
export class ServerSpan implements RequestTrace {
  readonly ids: RequestTrace["ids"];
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;

  constructor(tracer: Tracer, request: FastifyRequest) {
    const caller = w3c.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const name = KNOWN_METHODS.has(request.method) ? request.method : "HTTP";
    this.#tracer = tracer;
    this.#span = tracer.startSpan(name, { kind: SpanKind.SERVER }, caller);
    // After the sampling, because most spans may not be recorded, and no sampler here reads the attributes.
    if (this.#span.isRecording()) this.#span.setAttributes(requestAttributes(request));
    this.#context = trace.setSpan(caller, this.#span);
    const { traceId, spanId } = this.#span.spanContext();
    this.ids = { trace_id: traceId, span_id: spanId };
  }

  startUpstream(url: URL, resends: number): UpstreamTrace {
    return new ClientSpan(this.#tracer, this.#context, url, resends);
  }

  end(status: number, failure: Error | undefined): void {
    this.#span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    // A 4xx is an error of the client, not of this service.
    if (status >= 500) setError(this.#span, String(status), failure);
    this.#span.end();
  }
}

/** The span of one upstream request. */
class ClientSpan implements UpstreamTrace {
  readonly headers: Record<string, string> = {};
  readonly #span: Span;

  constructor(tracer: Tracer, parent: Context, url: URL, resends: number) {
    this.#span = tracer.startSpan("GET", { kind: SpanKind.CLIENT }, parent);
    if (this.#span.isRecording())
      this.#span.setAttributes({
        [semconv.ATTR_HTTP_REQUEST_METHOD]: "GET",
        [semconv.ATTR_URL_FULL]: withoutCredentials(url),
        [semconv.ATTR_SERVER_ADDRESS]: url.hostname,
        [semconv.ATTR_SERVER_PORT]: portOf(url),
        ...(resends > 0 && { [semconv.ATTR_HTTP_REQUEST_RESEND_COUNT]: resends }),
      });
    w3c.inject(trace.setSpan(parent, this.#span), this.headers, defaultTextMapSetter);
  }

  succeed(version: string, status: number | undefined): void {
    if (!this.#span.isRecording()) return;
    this.#span.setAttribute("echo.backend.version", version);
    this.#end(status);
  }

  fail(error: Error, status: number | undefined): void {
    if (!this.#span.isRecording()) return;
    setError(this.#span, status !== undefined && status >= 400 ? String(status) : typeOf(error), error);
    this.#end(status);
  }

  #end(status: number | undefined): void {
    if (status !== undefined) this.#span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    this.#span.end();
  }
}

function requestAttributes({ method, originalUrl, headers, raw }: FastifyRequest): Attributes {
  const known = KNOWN_METHODS.has(method);
  const [path, query] = splitOnce(originalUrl, "?");
  // A host and a port only; anything else does not parse.
  const host = URL.parse(`http://${headers.host ?? ""}`);
  const { remoteAddress, remotePort } = raw.socket;
  return {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: known ? method : "_OTHER",
    ...(!known && { [semconv.ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: method }),
    [semconv.ATTR_URL_PATH]: path,
    ...(query !== undefined && { [semconv.ATTR_URL_QUERY]: query }),
    [semconv.ATTR_URL_SCHEME]: "http",
    ...(host && { [semconv.ATTR_SERVER_ADDRESS]: host.hostname, [semconv.ATTR_SERVER_PORT]: portOf(host) }),
    ...(remoteAddress !== undefined && {
      [semconv.ATTR_CLIENT_ADDRESS]: remoteAddress,
      [semconv.ATTR_NETWORK_PEER_ADDRESS]: remoteAddress,
    }),
    ...(remotePort !== undefined && { [semconv.ATTR_NETWORK_PEER_PORT]: remotePort }),
    [semconv.ATTR_NETWORK_PROTOCOL_VERSION]: raw.httpVersion,
    ...(headers["user-agent"] !== undefined && { [semconv.ATTR_USER_AGENT_ORIGINAL]: headers["user-agent"] }),
  };
}

function setError(span: Span, type: string, error: Error | undefined): void {
  span.setAttribute(semconv.ATTR_ERROR_TYPE, type);
  span.setStatus({ code: SpanStatusCode.ERROR, ...(error && { message: error.message }) });
}

/** The code of an error, such as ECONNREFUSED, or its class if it has none. */
function typeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === "https:" ? 443 : 80);
}

function withoutCredentials(url: URL): string {
  const copy = new URL(url);
  copy.username = "";
  copy.password = "";
  return copy.href;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
