import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import closeWithGrace from "close-with-grace";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type * as v from "valibot";
import { buildAdminApp } from "./admin-app.ts";
import { badSetting, type CommonConfig, ConfigError, parseConfig } from "./config.ts";
import { Drain } from "./drain.ts";
import type { Context } from "./echo-app.ts";
import { createLogging, type Logging } from "./logging.ts";
import { createMetrics, measureLog } from "./metrics.ts";
import { loadTracing, type Tracing } from "./tracing/tracing.ts";

/** On top of what the drain and the shutdown may take, before the process ends itself regardless, in ms. */
const EXIT_MARGIN_MS = 5000;

interface Service<C extends CommonConfig> {
  name: string;
  version: string;
  /** The commit that it was built from. */
  revision: string;
  schema: v.GenericSchema<unknown, C>;
  build(config: Readonly<C>, context: Context): FastifyInstance;
}

/** Runs a service until a signal ends it. A mistake in its settings ends it with one line on stderr and exit code 1. */
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
  const { name, version } = service;
  const config = parseConfig(service.schema, process.env);
  const { COLOR: color, LOG_LEVEL: level } = config;
  const logging = createLogging({ level, service: name, version, color });
  const { logger, accessLog } = logging;
  const build = { service: name, version, color, revision: service.revision };
  const metrics = createMetrics(build);
  measureLog(metrics.registry, logging.droppedLines);
  const tracing = await loadTracing(process.env, build, logger);
  const drain = new Drain();

  const app = service.build(config, { version, logger, accessLog, metrics, drain, tracing });
  const admin = buildAdminApp({ drain, metrics });
  const listening = open({ app, admin, config, logging });
  // Before the first connection: process 1 of a container ignores a signal that it has no handler for.
  closeOnSignal({ app, admin, config, drain, logging, listening, tracing });
  await listening;
  // A request's way through Fastify is longer than the 920 bytes of bytecode that V8 inlines into a function: with 4000, a
  // backend answers about 3 % more. V8 reads it anew for each function that it optimizes, so it may change while running;
  // among the image's flags it would make V8 refuse Node's own compiled code, and the start 15 ms longer.
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=4000");
}

/** Opens both ports, the echo's first: readiness is answered once there is something to be ready. */
async function open({ app, admin, config, logging }: Pick<Running, "app" | "admin" | "config" | "logging">) {
  await listen(app, "PORT", config.PORT);
  await listen(admin, "ADMIN_PORT", config.ADMIN_PORT);
  logging.logger.info({ port: portOf(app), adminPort: portOf(admin) }, "listening");
}

async function listen(app: FastifyInstance, name: string, port: number): Promise<void> {
  try {
    await app.listen({ port, host: "::" });
  } catch (error) {
    const reason = listenFailure(error);
    if (reason === undefined) throw error;
    throw new ConfigError(badSetting(name, String(port), reason), { cause: error });
  }
}

function listenFailure(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return "a port that is not in use (another process listens on this one)";
  if (code === "EACCES") return "a port that this user may open (1024 or above)";
  return undefined;
}

function portOf(app: FastifyInstance): number | undefined {
  const address = app.server.address();
  return typeof address === "object" ? address?.port : undefined;
}

interface Running {
  app: FastifyInstance;
  admin: FastifyInstance;
  config: CommonConfig;
  drain: Drain;
  logging: Logging;
  /** Settled once both ports are open: before, they cannot be closed. */
  listening: Promise<void>;
  tracing: Tracing | undefined;
}

function closeOnSignal(running: Running): void {
  const { config, logging } = running;
  closeWithGrace(
    { delay: config.DRAIN_MS + config.SHUTDOWN_TIMEOUT_MS + EXIT_MARGIN_MS, logger: false },
    async ({ signal, err }) => {
      if (err) logging.logger.fatal({ err }, "ended by an error");
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

/** Unready at once; serve on for the drain; close the listeners; finish what is in flight; then the spans, the probes and the log. */
async function shutDown({ app, admin, config, drain, logging, listening, tracing }: Running): Promise<void> {
  drain.start();
  await listening;
  await sleep(config.DRAIN_MS);
  await closeWithin(app, config.SHUTDOWN_TIMEOUT_MS, logging.logger);
  await tracing?.stop();
  await admin.close();
  logging.logger.info("stopped");
}

async function closeWithin(app: FastifyInstance, timeoutMs: number, logger: Logger): Promise<void> {
  const timer = setTimeout(() => {
    logger.warn({ timeoutMs }, "requests in flight outlasted SHUTDOWN_TIMEOUT_MS: their connections are cut");
    app.server.closeAllConnections();
  }, timeoutMs);
  await app.close();
  clearTimeout(timer);
}
