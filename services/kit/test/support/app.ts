import { Writable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import * as v from "valibot";
import { onTestFinished } from "vitest";
import {
  commonSettings,
  type Context,
  createAccessLog,
  createMetrics,
  Drain,
  parseConfig,
} from "../../src/index.ts";
import { portOf } from "./address.ts";

/** The common settings, with those in `env`. */
export function testConfig(env: Record<string, string> = {}) {
  return parseConfig(v.object(commonSettings), env);
}

/** A context whose log is kept in memory, one string per line. */
export function testContext(version = "1.0") {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const logger = pino({ level: "trace", formatters: { level: (label) => ({ level: label }) } }, destination);
  const context: Context = {
    version,
    logger,
    accessLog: createAccessLog(logger, {}, destination),
    metrics: createMetrics({ service: "test", version, color: "", revision: "abc" }),
    drain: new Drain(),
  };
  return { context, lines };
}

/** Listens on a free port of the loopback until the test ends, and returns the port. */
export async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => {
    app.server.closeAllConnections();
    return app.close();
  });
  return portOf(app.server);
}
