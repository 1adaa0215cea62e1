import Fastify, { type FastifyRequest } from "fastify";
import type { Metrics } from "../observability/metrics.ts";
import type { Drain } from "./drain.ts";
import { handleErrors } from "./error-handler.ts";
import { createGuardedServer } from "./guarded-server.ts";
import { HTTP_LIMITS, type HttpLimits } from "./limits.ts";
import { NO_SCHEMAS } from "./no-schemas.ts";
import { badRequest, checkHeaders, type Rejection } from "./rejections.ts";
import { hasBody } from "./request-body.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether a route of the admin port reads a body. */
    readsBody?: boolean;
  }
}

/** Few need this port, but in a flood of connections a probe must have sent its request before its connection is the oldest. */
const MAX_CONNECTIONS = 1000;

/** The bounds of the admin port. */
export const ADMIN_LIMITS: HttpLimits = { ...HTTP_LIMITS, maxWaitingBytes: 8 * 1024 * 1024 };

const NO_SNIFFING = { "x-content-type-options": "nosniff" };

/** How long the metrics of one scrape are also the response to further ones, in ms. */
const SCRAPE_MS = 1000;

/**
 * Probes and metrics, on a port of their own without authentication. `/livez` returns 200 until the process exits: if the
 * kubelet restarted a draining pod as unhealthy, its requests in flight would fail.
 */
export function buildAdminApp(
  { drain, metrics }: { drain: Drain; metrics: Metrics },
  limits: HttpLimits = ADMIN_LIMITS,
) {
  const app = Fastify({
    logger: false,
    schemaController: NO_SCHEMAS,
    forceCloseConnections: true,
    // A bad percent-encoding. Fastify calls no hook for it.
    frameworkErrors: (_error, _request, { raw }) => {
      raw.writeHead(400, NO_SNIFFING).end("Bad Request\n");
    },
    serverFactory: (handle) =>
      createGuardedServer(handle, {
        limits,
        maxConnections: MAX_CONNECTIONS,
        // A body here is small.
        requestTimeout: limits.headersTimeout,
        onClose: (reason) => metrics.connectionRefused("admin", reason),
      }),
  });
  const scrape = shareResult(async () => Buffer.from(await metrics.registry.metrics()), SCRAPE_MS);
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(NO_SNIFFING);
    done(checkHeaders(request.raw) ?? checkBody(request));
  });
  handleErrors(app);
  app.get("/livez", () => "ok\n");
  app.get("/readyz", (_request, reply) => (drain.started ? reply.code(503).send("draining\n") : "ok\n"));
  app.get("/metrics", (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return scrape();
  });
  return app;
}

/**
 * A body that the route does not read would hold its connection until it ends. A route that reads one would wait for ever for
 * a body that is missing, because the server creates no stream for it.
 */
function checkBody({ raw, routeOptions }: FastifyRequest): Rejection | undefined {
  const { readsBody = false } = routeOptions.config;
  if (hasBody(raw) === readsBody) return undefined;
  return badRequest(readsBody ? "no body: expected one" : "a body: expected none");
}

/** Calls `make` once for all callers until `ms` after its result. */
function shareResult<T>(make: () => Promise<T>, ms: number): () => Promise<T> {
  let result: Promise<T> | undefined;
  const forget = () => (result = undefined);
  return () => {
    result ??= make().finally(() => setTimeout(forget, ms).unref());
    return result;
  };
}
