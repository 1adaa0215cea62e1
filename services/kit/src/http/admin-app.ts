import Fastify from "fastify";
import type { Metrics } from "../observability/metrics.ts";
import type { Drain } from "./drain.ts";
import { HTTP_LIMITS, type HttpLimits } from "./limits.ts";
import { NO_SCHEMAS } from "./no-schemas.ts";

/**
 * Probes and metrics, on a port of their own. `/livez` returns 200 until the process exits: if the kubelet restarted a
 * draining pod as unhealthy, its requests in flight would fail.
 */
export function buildAdminApp(
  { drain, metrics }: { drain: Drain; metrics: Metrics },
  limits: HttpLimits = HTTP_LIMITS,
) {
  const app = Fastify({
    logger: false,
    schemaController: NO_SCHEMAS,
    forceCloseConnections: true,
    http: { ...limits },
  });
  app.get("/livez", () => "ok\n");
  app.get("/readyz", (_request, reply) => (drain.started ? reply.code(503).send("draining\n") : "ok\n"));
  app.get("/metrics", async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  return app;
}
