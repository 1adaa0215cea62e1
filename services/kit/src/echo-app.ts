import { METHODS, type IncomingMessage } from "node:http";
import { finished } from "node:stream";
import Fastify, { type FastifyInstance, type RouteHandlerMethod } from "fastify";
import type { Logger } from "pino";
import type { AccessLog } from "./access-log.ts";
import type { CommonConfig } from "./config.ts";
import { closeOldConnections, type Drain } from "./drain.ts";
import type { Metrics } from "./metrics.ts";
import { NO_SCHEMAS } from "./no-schemas.ts";

/** What an app is built with, besides its config. */
export interface Context {
  version: string;
  logger: Logger;
  accessLog: AccessLog;
  metrics: Metrics;
  drain: Drain;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Why the answer is not the one wished for; it goes into the request's log line. */
    failure: Error | undefined;
  }
}

/** Longer than the idle time-out of the load balancers in front (an ALB's is 60 s), so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/**
 * A Fastify app that answers everything that Node's HTTP parser accepts (but CONNECT) with `handler`: any method,
 * path, query and body.
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
    http: { headersTimeout: HEADERS_TIMEOUT_MS, requireHostHeader: false, optimizeEmptyRequests: true },
    exposeHeadRoutes: false,
    // Routing must never refuse a path, whatever its encoding, so it does not see it.
    rewriteUrl: () => "/",
    genReqId: (request) => requestId(request),
  });
  // An `Expect` that Node does not know would be answered 417.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));

  const { COLOR } = config;
  // Hooks call `done`, because a promise for each of them costs a request 1 µs.
  if (COLOR)
    app.addHook("onRequest", (_request, reply, done) => {
      reply.header("x-echo-color", COLOR);
      done();
    });
  closeOldConnections(app, context.drain, config.CONNECTION_MAX_AGE_MS);
  addAccessLog(app, context);
  hideErrors(app);
  routeEverything(app, handler);
  return app;
}

function routeEverything(app: FastifyInstance, handler: RouteHandlerMethod): void {
  const methods = METHODS.filter((method) => method !== "CONNECT");
  // `hasBody: false` keeps Fastify's parsers, with their 400, 413 and 415, away from the body.
  for (const method of methods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.addHook("preHandler", (request, _reply, done) => {
    if (hasBody(request.raw)) discardBody(request.raw, done);
    else done();
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

/** The caller's `x-request-id`, where it is a sane one, so that a request can be followed through both services. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && REQUEST_ID.test(given) ? given : newId();
}

/** So many random hexadecimal digits, 12 at most. */
function randomHex(digits: number): string {
  return Math.floor(Math.random() * 16 ** digits)
    .toString(16)
    .padStart(digits, "0");
}

const idPrefix = `${randomHex(8)}-${randomHex(4)}-8${randomHex(3)}-a${randomHex(3)}`;
let ids = 0;

/**
 * A UUID of our own making (RFC 9562, version 8): random for the process, then a count. It is no secret, and to load
 * node:crypto for a random one takes 4 ms of the start.
 */
function newId(): string {
  return `${idPrefix}-${(++ids).toString(16).padStart(12, "0")}`;
}

/** A defect of ours is for the log; the client learns that there is one. */
function hideErrors(app: FastifyInstance): void {
  app.setErrorHandler<Error>((error, request, reply) => {
    request.failure = error;
    return reply.code(500).type("text/plain; charset=utf-8").send("Internal Server Error\n");
  });
}

/** As nginx writes it: the client was gone before its answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** One log line and one observation for each request, answered or given up by its client. */
function addAccessLog(app: FastifyInstance, { accessLog, metrics }: Context): void {
  app.decorateRequest("failure", undefined);
  app.server.on("connection", (socket) => {
    metrics.connected();
    socket.once("close", () => metrics.disconnected());
  });
  app.addHook("onRequest", (request, reply, done) => {
    const start = performance.now();
    metrics.begin();
    // Not Fastify's onResponse, which never comes when the client is gone first.
    reply.raw.on("close", () => {
      const { method } = request;
      const status = reply.raw.writableEnded ? reply.statusCode : CLIENT_CLOSED_REQUEST;
      const duration = performance.now() - start;
      metrics.end(method, status, duration);
      accessLog({
        method,
        url: request.originalUrl,
        status,
        duration,
        requestId: request.id,
        more: request.failure && { error: explain(request.failure) },
      });
    });
    done();
  });
}

/** An error and what caused it, in one line. */
function explain(error: Error): string {
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
