import Fastify from "fastify";
import { NO_SCHEMAS } from "./no-schemas.ts";
import type { Drain } from "./drain.ts";
import { HTTP_LIMITS } from "./http-limits.ts";
import type { Metrics } from "./metrics.ts";

/**
 * Probes and metrics, on a port of their own. `/livez` says 200 to the end: a draining pod that is killed for
 * being unwell would lose the requests it is draining.
 */
export function buildAdminApp({ drain, metrics }: { drain: Drain; metrics: Metrics }) {
  const app = Fastify({
    logger: false,
    schemaController: NO_SCHEMAS,
    forceCloseConnections: true,
    http: HTTP_LIMITS,
  });
  app.get("/livez", () => "ok\n");
  app.get("/readyz", (_request, reply) => (drain.started ? reply.code(503).send("draining\n") : "ok\n"));
  app.get("/metrics", async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  return app;
}
