import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  defaultTextMapGetter,
  defaultTextMapSetter,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from "@opentelemetry/semantic-conventions";
import type { FastifyRequest } from "fastify";
import type { RequestTrace, UpstreamTrace } from "./tracing.ts";

/** The methods that the conventions know by name; any other is `_OTHER`, which keeps span names few. */
const KNOWN_METHODS = new Set("CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE".split(" "));

const w3c = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});

/** The span of a request to this service, as OpenTelemetry's semantic conventions for HTTP describe it. */
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
    // Only now, because no sampler here looks at them, and most requests may not be sampled.
    if (this.#span.isRecording()) this.#span.setAttributes(requestAttributes(request));
    this.#context = trace.setSpan(caller, this.#span);
    const { traceId, spanId } = this.#span.spanContext();
    this.ids = { trace_id: traceId, span_id: spanId };
  }

  ask(url: URL, resends: number): UpstreamTrace {
    return new ClientSpan(this.#tracer, this.#context, url, resends);
  }

  end(status: number, failure: Error | undefined): void {
    this.#span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    // A 4xx is the caller's fault, and no error of this side.
    if (status >= 500) setError(this.#span, String(status), failure);
    this.#span.end();
  }
}

/** The span of one question to the upstream. */
class ClientSpan implements UpstreamTrace {
  readonly headers: Record<string, string> = {};
  readonly #span: Span;

  constructor(tracer: Tracer, parent: Context, url: URL, resends: number) {
    this.#span = tracer.startSpan("GET", { kind: SpanKind.CLIENT }, parent);
    if (this.#span.isRecording())
      this.#span.setAttributes({
        [ATTR_HTTP_REQUEST_METHOD]: "GET",
        [ATTR_URL_FULL]: withoutCredentials(url),
        [ATTR_SERVER_ADDRESS]: url.hostname,
        [ATTR_SERVER_PORT]: portOf(url),
        ...(resends > 0 && { [ATTR_HTTP_REQUEST_RESEND_COUNT]: resends }),
      });
    w3c.inject(trace.setSpan(parent, this.#span), this.headers, defaultTextMapSetter);
  }

  answered(version: string, status: number | undefined): void {
    if (!this.#span.isRecording()) return;
    this.#span.setAttribute("echo.backend.version", version);
    this.#end(status);
  }

  failed(error: Error, status: number | undefined): void {
    if (!this.#span.isRecording()) return;
    setError(this.#span, status !== undefined && status >= 400 ? String(status) : typeOf(error), error);
    this.#end(status);
  }

  #end(status: number | undefined): void {
    if (status !== undefined) this.#span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    this.#span.end();
  }
}

function requestAttributes({ method, originalUrl, headers, raw }: FastifyRequest): Attributes {
  const known = KNOWN_METHODS.has(method);
  const [path, query] = splitOnce(originalUrl, "?");
  // No more than a host and a port; what else a caller writes there does not parse.
  const host = URL.parse(`http://${headers.host ?? ""}`);
  const { remoteAddress, remotePort } = raw.socket;
  return {
    [ATTR_HTTP_REQUEST_METHOD]: known ? method : "_OTHER",
    ...(!known && { [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: method }),
    [ATTR_URL_PATH]: path,
    ...(query !== undefined && { [ATTR_URL_QUERY]: query }),
    [ATTR_URL_SCHEME]: "http",
    ...(host && { [ATTR_SERVER_ADDRESS]: host.hostname, [ATTR_SERVER_PORT]: portOf(host) }),
    ...(remoteAddress !== undefined && {
      [ATTR_CLIENT_ADDRESS]: remoteAddress,
      [ATTR_NETWORK_PEER_ADDRESS]: remoteAddress,
    }),
    ...(remotePort !== undefined && { [ATTR_NETWORK_PEER_PORT]: remotePort }),
    [ATTR_NETWORK_PROTOCOL_VERSION]: raw.httpVersion,
    ...(headers["user-agent"] !== undefined && { [ATTR_USER_AGENT_ORIGINAL]: headers["user-agent"] }),
  };
}

function setError(span: Span, type: string, error: Error | undefined): void {
  span.setAttribute(ATTR_ERROR_TYPE, type);
  span.setStatus({ code: SpanStatusCode.ERROR, ...(error && { message: error.message }) });
}

/** An error's code, such as ECONNREFUSED, or else its class. */
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
