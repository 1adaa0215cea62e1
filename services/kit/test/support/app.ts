import { Writable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { createAccessLog, createMetrics, Drain, type Context } from "../../src/index.ts";

/** A context whose log is kept in memory, one string for each line. */
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

/** Listens on a free port of the loopback until the test ends. */
export async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
