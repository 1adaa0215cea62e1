import { setTimeout as sleep } from "node:timers/promises";
import { buildEchoApp, type Context } from "@echo/kit";
import type { BackendConfig } from "./config.ts";
import { faults } from "./faults.ts";

/** The backend: every request is answered with the version that was built in. */
export function buildApp(config: BackendConfig, context: Context, random?: () => number) {
  const body = `${JSON.stringify({ version: context.version })}\n`;
  const { fails, delay, everDelays } = faults(config, random);
  const app = buildEchoApp(config, context, (_request, reply) => {
    if (fails()) {
      reply.code(500).type("text/plain; charset=utf-8");
      return "Simulated Error\n";
    }
    reply.type("application/json; charset=utf-8");
    return body;
  });
  if (everDelays) app.addHook("preHandler", () => sleep(delay()));
  return app;
}
