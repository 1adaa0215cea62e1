import { setTimeout as sleep } from "node:timers/promises";
import { buildEchoApp, type Context } from "@echo/kit";
import type { BackendConfig } from "./config.ts";
import { createFaults } from "./faults.ts";

/** The backend: responds to every request with its own version. */
export function buildApp(config: BackendConfig, context: Context, random?: () => number) {
  const body = `${JSON.stringify({ version: context.version })}\n`;
  const faults = createFaults(config, random);
  const app = buildEchoApp(config, context, (_request, reply) => {
    if (faults.shouldFail()) {
      reply.code(500).type("text/plain; charset=utf-8");
      return "Simulated Error\n";
    }
    reply.type("application/json; charset=utf-8");
    return body;
  });
  if (faults.hasDelay) app.addHook("preHandler", () => sleep(faults.delayMs()));
  return app;
}
