import { hostname } from "node:os";
import { buildEchoApp, type Context, measureUpstream, RETRY_AFTER_S } from "@echo/kit";
import type { FastifyReply } from "fastify";
import type { FrontendConfig } from "./config.ts";
import { type Echo, timeOfDay } from "./echo.ts";
import { createNodeAddress } from "./node-address.ts";
import { page, wantsPage } from "./ui/live-page.ts";
import { createBackendClient } from "./upstream/backend-client.ts";
import { UpstreamError } from "./upstream/errors.ts";
import { createWork } from "./work.ts";

/** The frontend: every request is answered with what the backend says, and who says so. */
export function buildApp(config: FrontendConfig, context: Context) {
  const { version } = context;
  const host = hostname();
  const nodeAddress = createNodeAddress(config, context.logger);
  const work = config.WORK_ITERATIONS > 0 ? createWork(config.WORK_ITERATIONS) : undefined;
  const observe = measureUpstream(context.metrics.registry);
  const backend = config.BACKEND && connect(config.BACKEND, config);

  const answer = (reply: FastifyReply, name: string, error?: string) => {
    const echo: Echo = {
      backend: name,
      ec2IP: nodeAddress.current(),
      hostname: host,
      time: timeOfDay(),
      version,
      ...(error !== undefined && { error }),
    };
    reply.type("application/json; charset=utf-8");
    return `${JSON.stringify(echo)}\n`;
  };

  const hasPage = config.UI === "on";
  const app = buildEchoApp(config, context, async (request, reply) => {
    if (hasPage) {
      reply.header("vary", "Accept");
      if (wantsPage(request)) return page(reply);
    }
    await work?.();
    if (!backend) return answer(reply, "none");
    const start = performance.now();
    try {
      const name = await backend.version(request.id, request.trace);
      observe("answered", name, performance.now() - start);
      return answer(reply, name);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      request.failure = error;
      observe(error.outcome, "", performance.now() - start);
      if (error.status === 503) reply.header("retry-after", RETRY_AFTER_S);
      return answer(reply.code(error.status), "error", error.message);
    }
  });
  app.addHook("onClose", async () => {
    nodeAddress.stop();
    await backend?.close();
  });
  return app;
}

function connect(url: URL, { BACKEND_TIMEOUT_MS, BACKEND_CONNECTION_MAX_AGE_MS }: FrontendConfig) {
  return createBackendClient({
    url,
    timeoutMs: BACKEND_TIMEOUT_MS,
    connectionMaxAgeMs: BACKEND_CONNECTION_MAX_AGE_MS,
  });
}
