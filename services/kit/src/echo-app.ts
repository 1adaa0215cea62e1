import { METHODS, STATUS_CODES, type IncomingMessage } from "node:http";
import { finished } from "node:stream";
import Fastify, {
  errorCodes,
  type FastifyInstance,
  type FastifyRequest,
  type RouteHandlerMethod,
} from "fastify";
import type { Logger } from "pino";
import type { AccessLog } from "./access-log.ts";
import { Admission, Refusal } from "./admission.ts";
import type { CommonConfig } from "./config.ts";
import { closeOldConnections, type Drain } from "./drain.ts";
import { HTTP_LIMITS } from "./http-limits.ts";
import type { Metrics } from "./metrics.ts";
import { NO_SCHEMAS } from "./no-schemas.ts";
import { QueuedAnswers } from "./queued-answers.ts";
import { requestId } from "./request-id.ts";
import type { RequestTrace, Tracing } from "./tracing/tracing.ts";
import { atEndOfTurn } from "./turn.ts";

/** What an app is built with, besides its config. */
export interface Context {
  version: string;
  logger: Logger;
  accessLog: AccessLog;
  metrics: Metrics;
  drain: Drain;
  /** Undefined where no receiver of traces is named. */
  tracing?: Tracing | undefined;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Why the answer is not the one wished for; it goes into the request's log line. */
    failure: Error | undefined;
    /** Its span, where requests are traced. */
    trace: RequestTrace | undefined;
  }
}

/** Longer than the idle time-out of the load balancers in front (an ALB's is 60 s), so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/**
 * A Fastify app that answers everything that Node's HTTP parser accepts (but CONNECT) with `handler`: any method,
 * path, query and body. A handler returns its answer's body, and not the reply, on whose end Fastify would then wait.
 */
export function buildEchoApp(config: CommonConfig, context: Context, handler: RouteHandlerMethod) {
  const app = Fastify({
    logger: false,
    schemaController: NO_SCHEMAS,
    // A request may still come while the endpoint's removal spreads: it is served, with `Connection: close`.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // A body may take as long as it likes; only headers are timed.
    requestTimeout: 0,
    // Most requests have no body: theirs is not set up as a stream and ended as one, which saves 0.9 µs.
    http: { ...HTTP_LIMITS, requireHostHeader: false, optimizeEmptyRequests: true },
    exposeHeadRoutes: false,
    // Routing must never refuse a path, whatever its encoding, so it does not see it.
    rewriteUrl: () => "/",
    genReqId: requestId,
  });
  // An `Expect` that Node does not know would be answered 417.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));

  const admission = new Admission(config.MAX_IN_FLIGHT);
  followRequests(app, config.COLOR, context, admission);
  closeOldConnections(app, context.drain, config.CONNECTION_MAX_AGE_MS);
  hideErrors(app);
  routeEverything(app, handler, admission);
  return app;
}

function routeEverything(app: FastifyInstance, handler: RouteHandlerMethod, admission: Admission): void {
  const methods = METHODS.filter((method) => method !== "CONNECT");
  // `hasBody: false` keeps Fastify's parsers, with their 400, 413 and 415, away from the body.
  for (const method of methods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.addHook("preHandler", ({ raw }, _reply, done) => {
    if (!hasBody(raw)) return atEndOfTurn(() => done(admission.refusal(raw)));
    admission.leave();
    discardBody(raw, (error) => {
      admission.enter();
      done(error ?? admission.refusal(raw));
    });
  });
  app.route({ method: methods, url: "/", handler });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** Answering only after the whole body keeps `Connection: close` from resetting a client that is still sending. */
function discardBody(request: IncomingMessage, done: (error?: Error) => void): void {
  finished(request, { writable: false }, (error) => done(error ?? undefined));
  request.resume();
}

/** Why is for the log. The client learns whether it may ask again, must ask otherwise, or met a defect of ours. */
function hideErrors(app: FastifyInstance): void {
  app.setErrorHandler<Error>((error, request, reply) => {
    request.failure = error;
    const { status, headers } = error instanceof Refusal ? error : { status: statusOf(error), headers: {} };
    reply.code(status).headers(headers).type("text/plain; charset=utf-8");
    reply.send(`${STATUS_CODES[status]}\n`);
  });
}

/** Only PRI has no route: Node's parser lets it through in the manner of HTTP/0.9, and METHODS does not name it. */
function statusOf(error: Error): 400 | 500 {
  return error instanceof errorCodes.FST_ERR_NOT_FOUND ? 400 : 500;
}

/** As nginx writes it: the client was gone before its answer. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * Gives each answer its names, and each request one log line, one observation and, where it is traced, its span:
 * answered, or given up by its client.
 */
function followRequests(
  app: FastifyInstance,
  color: string,
  { accessLog, metrics, tracing }: Context,
  admission: Admission,
): void {
  app.decorateRequest("failure", undefined);
  app.decorateRequest("trace", undefined);
  const queued = new QueuedAnswers();
  app.server.on("connection", (socket) => {
    metrics.connected();
    socket.once("close", () => metrics.disconnected());
  });
  // Calls `done`, because a promise costs a request 1 µs.
  app.addHook("onRequest", (request, reply, done) => {
    const start = performance.now();
    metrics.begin();
    admission.enter();
    reply.header("x-request-id", request.id);
    if (color) reply.header("x-echo-color", color);
    request.trace = tracing?.begin(request);
    if (reply.raw.socket === null) queued.add(request.raw.socket, reply.raw);
    // Not Fastify's onResponse, which never comes when the client is gone first. Node and QueuedAnswers may both tell of
    // the end; `once` would make a wrapper for each answer to see to that.
    let open = true;
    reply.raw.on("close", () => {
      if (!open) return;
      open = false;
      admission.leave();
      const { method } = request;
      const status = reply.raw.writableEnded ? reply.statusCode : CLIENT_CLOSED_REQUEST;
      const duration = performance.now() - start;
      metrics.end(method, status, duration);
      request.trace?.end(status, request.failure);
      accessLog({
        method,
        url: request.originalUrl,
        status,
        duration,
        requestId: request.id,
        more: detailsOf(request),
      });
    });
    done();
  });
}

/** What not every line has: the trace that it belongs to, and why the answer is not the one wished for. */
function detailsOf({ trace, failure }: FastifyRequest): Record<string, string> | undefined {
  if (!trace && !failure) return undefined;
  return { ...trace?.ids, ...(failure && { error: explain(failure) }) };
}

/** An error and what caused it, in one line. */
function explain(error: Error): string {
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
