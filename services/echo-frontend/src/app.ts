import { hostname } from "node:os";
import { buildEchoApp, type Context, measureUpstream, RETRY_AFTER_S, timeOfDay } from "@echo/kit";
import type { FastifyReply } from "fastify";
import type { FrontendConfig } from "./config.ts";
import { createNodeAddress } from "./node-address.ts";
import { sendPage, wantsPage } from "./ui/live-page.ts";
import { createBackendClient } from "./upstream/backend-client.ts";
import { UpstreamError } from "./upstream/errors.ts";
import type { Origin } from "./upstream/origin.ts";
import { previewOf } from "./upstream/preview.ts";
import { createWork } from "./work.ts";

/** The frontend: responds to every request with the backend's version and with facts about itself. */
export function buildApp(config: FrontendConfig, context: Context) {
  const { version } = context;
  const host = hostname();
  const nodeAddress = createNodeAddress(config, context.logger);
  const work = config.WORK_ITERATIONS > 0 ? createWork(config.WORK_ITERATIONS) : undefined;
  const observe = measureUpstream(context.metrics.registry);
  const backend =
    config.BACKEND &&
    createBackendClient({
      url: config.BACKEND,
      timeoutMs: config.BACKEND_TIMEOUT_MS,
      connectionMaxAgeMs: config.BACKEND_CONNECTION_MAX_AGE_MS,
    });
  const hasPage = config.UI === "on";

  /** @param backendVersion `none` without an upstream, or `error` */
  const echo = (reply: FastifyReply, backendVersion: string, error?: string) => {
    reply.type("application/json; charset=utf-8");
    const [ec2IP, time] = [nodeAddress.current(), timeOfDay()];
    // The keys and their order are those of the original. JSON leaves an undefined error out.
    return `${JSON.stringify({ backend: backendVersion, ec2IP, hostname: host, time, version, error })}\n`;
  };

  const app = buildEchoApp(config, context, async (request, reply) => {
    if (hasPage) {
      reply.header("vary", "Accept");
      if (wantsPage(request)) return sendPage(reply);
    }
    await work?.();
    if (!backend) return echo(reply, "none");
    const start = performance.now();
    try {
      const preview = previewOf(request.headers);
      const { version: backendVersion, origin } = await backend.fetchVersion(
        request.id,
        request.trace,
        preview,
      );
      observe("answered", backendVersion, performance.now() - start);
      nameOrigin(reply, origin);
      return echo(reply, backendVersion);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      request.failure = error;
      observe(error.outcome, "", performance.now() - start);
      nameOrigin(reply, error.origin);
      if (error.status === 503) reply.header("retry-after", RETRY_AFTER_S);
      return echo(reply.code(error.status), "error", error.message);
    }
  });
  app.addHook("onClose", async () => {
    nodeAddress.stop();
    await backend?.close();
  });
  return app;
}

/** Names the backend to the client, which sees only the frontend. */
function nameOrigin(reply: FastifyReply, { color, weights }: Origin): void {
  if (color) reply.header("x-echo-backend-color", color);
  if (weights) reply.header("x-echo-weights", weights);
}
