import { setTimeout as sleep } from "node:timers/promises";
import closeWithGrace from "close-with-grace";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type * as v from "valibot";
import type { CommonConfig } from "./config/common.ts";
import { ConfigError, invalidSetting, parseConfig } from "./config/parse.ts";
import { raiseInliningLimit } from "./hot-path/v8-flags.ts";
import { buildAdminApp } from "./http/admin-app.ts";
import { Drain } from "./http/drain.ts";
import type { Context } from "./http/echo-app.ts";
import { createLogging, type Logging } from "./observability/logging.ts";
import { createMetrics, measureLog } from "./observability/metrics.ts";
import { loadTracing } from "./observability/tracing/load-tracing.ts";
import type { Tracing } from "./observability/tracing/tracing.ts";

/** How much longer than the drain and the shutdown together the process may take before it exits anyway, in ms. */
const EXIT_MARGIN_MS = 5000;

/**
 * Connections that the kernel completes before the service accepts them. If there are more, a client tries again after a
 * second. The kernel's own limit is 4096 by default.
 */
const BACKLOG = 4096;

interface Service<C extends CommonConfig> {
  name: string;
  version: string;
  /** The commit that it was built from. */
  revision: string;
  schema: v.GenericSchema<unknown, C>;
  /** @param admin the app of ADMIN_PORT, which it may add routes to */
  build(config: Readonly<C>, context: Context, admin: FastifyInstance): FastifyInstance;
}

/** Runs a service until a signal ends it. Invalid settings end it with one line on stderr and exit code 1. */
export async function serve<C extends CommonConfig>(service: Service<C>): Promise<void> {
  try {
    await start(service);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${service.name}: ${error.message}\n`);
    process.exit(1);
  }
}

async function start<C extends CommonConfig>(service: Service<C>): Promise<void> {
  const { name, version, revision } = service;
  const config = parseConfig(service.schema, process.env);
  const build = { service: name, version, color: config.COLOR, revision };
  const logging = createLogging(config.LOG_LEVEL, build);
  const { logger, accessLog } = logging;
  const metrics = createMetrics(build);
  measureLog(metrics.registry, logging.droppedLines);
  const tracing = await loadTracing(process.env, build, logger);
  const drain = new Drain();

  const admin = buildAdminApp({ drain, metrics });
  const app = service.build(config, { version, logger, accessLog, metrics, drain, tracing }, admin);
  const listening = listenOnBoth({ app, admin, config, logging });
  // Before the first connection, because process 1 of a container ignores a signal without a handler.
  closeOnSignal({ app, admin, config, drain, logging, listening, tracing });
  await listening;
  raiseInliningLimit();
}

interface Running {
  app: FastifyInstance;
  admin: FastifyInstance;
  config: CommonConfig;
  drain: Drain;
  logging: Logging;
  /** Settles once both ports are open, because they cannot be closed before. */
  listening: Promise<void>;
  tracing: Tracing | undefined;
}

/** Opens the echo port, then the admin port, so that the probes respond only once there is an echo port. */
async function listenOnBoth(running: Pick<Running, "app" | "admin" | "config" | "logging">): Promise<void> {
  const { app, admin, config, logging } = running;
  await listen(app, "PORT", config);
  await listen(admin, "ADMIN_PORT", config);
  logging.logger.info({ port: portOf(app), adminPort: portOf(admin) }, "listening");
}

async function listen(
  app: FastifyInstance,
  name: "PORT" | "ADMIN_PORT",
  config: CommonConfig,
): Promise<void> {
  const { [name]: port, LISTEN_ADDRESS: address } = config;
  try {
    // Node listens on all addresses if the text is empty.
    await app.listen({ port, host: address, backlog: BACKLOG });
  } catch (error) {
    const invalid = unusable(error, { name, port, address });
    if (invalid === undefined) throw error;
    throw new ConfigError(invalid, { cause: error });
  }
}

/** Which setting an error of `listen` asks to change; undefined if another value would not help. */
function unusable(
  error: unknown,
  { name, port, address }: { name: string; port: number; address: string },
): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const invalidPort = (expected: string) => invalidSetting(name, String(port), expected);
  if (code === "EADDRINUSE")
    return invalidPort("a port that is not in use (another process listens on this one)");
  if (code === "EACCES") return invalidPort("a port that this user may open (1024 or above)");
  if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT")
    return invalidSetting("LISTEN_ADDRESS", address, "an address of this machine");
  return undefined;
}

function portOf(app: FastifyInstance): number | undefined {
  const address = app.server.address();
  return typeof address === "object" ? address?.port : undefined;
}

function closeOnSignal(running: Running): void {
  const { config, logging } = running;
  closeWithGrace(
    { delay: config.DRAIN_MS + config.SHUTDOWN_TIMEOUT_MS + EXIT_MARGIN_MS, logger: false },
    async ({ signal, err }) => {
      if (err) logging.logger.fatal({ err }, "stopping after an error");
      else logging.logger.info({ signal }, "draining");
      try {
        await shutDown(running);
      } catch (error) {
        logging.logger.fatal({ err: error }, "shutdown failed");
        throw error;
      } finally {
        await logging.flush();
      }
    },
  );
}

/** Becomes unready, serves during the drain, closes the listeners, finishes the requests in flight, then stops the rest. */
async function shutDown({ app, admin, config, drain, logging, listening, tracing }: Running): Promise<void> {
  drain.started = true;
  await listening;
  await sleep(config.DRAIN_MS);
  await closeWithin(app, config.SHUTDOWN_TIMEOUT_MS, logging.logger);
  await tracing?.stop();
  await admin.close();
  logging.logger.info("stopped");
}

async function closeWithin(app: FastifyInstance, timeoutMs: number, logger: Logger): Promise<void> {
  const timer = setTimeout(() => {
    logger.warn({ timeoutMs }, "closing the connections of requests that exceed SHUTDOWN_TIMEOUT_MS");
    app.server.closeAllConnections();
  }, timeoutMs);
  await app.close();
  clearTimeout(timer);
}
