import { METHODS } from "node:http";
import Fastify, { type FastifyInstance, type RouteHandlerMethod } from "fastify";
import type { Logger } from "pino";
import type { CommonConfig } from "../config/common.ts";
import type { AccessLog } from "../hot-path/access-log.ts";
import { runInBatch } from "../hot-path/event-loop-batch.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { Tracing } from "../observability/tracing/tracing.ts";
import { type Admission, createAdmission } from "./admission.ts";
import { closeOldConnections } from "./connection-age.ts";
import type { Drain } from "./drain.ts";
import { handleErrors } from "./error-handler.ts";
import { createGuardedServer } from "./guarded-server.ts";
import { HTTP_LIMITS, type HttpLimits } from "./limits.ts";
import { NO_SCHEMAS } from "./no-schemas.ts";
import { checkHeaders } from "./rejections.ts";
import { discardBody, hasBody } from "./request-body.ts";
import { requestId } from "./request-id.ts";
import { requestLog } from "./request-log.ts";
import { countConnections, requestMetrics } from "./request-metrics.ts";
import { observeRequests, type RequestObserver } from "./request-observer.ts";
import { requestTrace } from "./request-trace.ts";

/** What an app needs besides its config. */
export interface Context {
  version: string;
  logger: Logger;
  accessLog: AccessLog;
  metrics: Metrics;
  drain: Drain;
  /** Undefined if requests are not traced. */
  tracing?: Tracing | undefined;
}

/**
 * A Fastify app that handles every request that Node's HTTP parser accepts, except CONNECT, with `handler`: any method,
 * path, query and body. The handler returns the response body. It does not return `reply`, because Fastify would then
 * wait for the end of the response.
 */
export function buildEchoApp(
  config: CommonConfig,
  context: Context,
  handler: RouteHandlerMethod,
  limits: HttpLimits = HTTP_LIMITS,
) {
  const { metrics, tracing, accessLog, drain } = context;
  const app = Fastify({
    logger: false,
    schemaController: NO_SCHEMAS,
    serverFactory: (handle) =>
      createGuardedServer(handle, {
        limits,
        maxConnections: config.MAX_CONNECTIONS,
        // A body may take any time, at a minimum rate: request-body.ts.
        requestTimeout: 0,
        onClose: (reason) => metrics.connectionRefused("echo", reason),
      }),
    // A request that arrives before load balancers have removed this instance is served, with `Connection: close`.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
    // The router must not reject a path, whatever its encoding, so it never sees one.
    rewriteUrl: () => "/",
    genReqId: requestId,
  });
  // Node would respond 417 to an `Expect` header that it does not know.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));

  const admission = createAdmission(config.MAX_IN_FLIGHT);
  const records = [requestMetrics(metrics), requestTrace(tracing), requestLog(accessLog)];
  countConnections(app.server, metrics);
  observeRequests(app, [responseHeaders(config.COLOR), admission, ...records]);
  closeOldConnections(app, drain, config.CONNECTION_MAX_AGE_MS);
  handleErrors(app);
  admitRequests(app, admission, limits);
  routeEverything(app, handler);
  return app;
}

function responseHeaders(color: string): RequestObserver {
  return {
    begin(request, reply) {
      reply.header("x-request-id", request.id);
      reply.header("x-content-type-options", "nosniff");
      if (color) reply.header("x-echo-color", color);
    },
  };
}

/** Handles a request only if it is acceptable and there is a place for it, after its body has been read. */
function admitRequests(app: FastifyInstance, admission: Admission, limits: HttpLimits): void {
  app.addHook("preHandler", (request, reply, done) => {
    const { raw } = request;
    const admit = (error?: Error) =>
      done(error ?? checkHeaders(raw) ?? admission.tryEnter(request, reply.raw));
    if (hasBody(raw)) discardBody(raw, limits, admit);
    else runInBatch(admit);
  });
}

function routeEverything(app: FastifyInstance, handler: RouteHandlerMethod): void {
  const methods = METHODS.filter((method) => method !== "CONNECT");
  // `hasBody: false` keeps Fastify's body parsers away, which would respond 400, 413 and 415.
  for (const method of methods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.route({ method: methods, url: "/", handler });
}
