import { buildEchoApp, type Context } from "@echo/kit";
import type { BackendConfig } from "./config.ts";
import { createFaults } from "./faults.ts";

/** The backend: responds to every request with its own version. */
export function buildApp(config: BackendConfig, context: Context, faults = createFaults(config)) {
  const body = `${JSON.stringify({ version: context.version })}\n`;
  const app = buildEchoApp(config, context, (_request, reply) => {
    if (faults.shouldFail()) {
      reply.code(500).type("text/plain; charset=utf-8");
      return "Simulated Error\n";
    }
    reply.type("application/json; charset=utf-8");
    return body;
  });
  // Without faults there is nothing to wait for, ever.
  if (config.FAULTS === "on" || config.DELAY_MS + config.DELAY_JITTER_MS > 0)
    app.addHook("preHandler", (_request, reply, done) => faults.hold(reply.raw, done));
  return app;
}
