import type { FastifyServerOptions } from "fastify";

function reject(): never {
  throw new Error("a route has a schema, but the schema compilers are not in the bundle");
}

/** Keeps Fastify from loading its schema compilers, which no route needs: docs/performance.md, modules left out. */
export const NO_SCHEMAS = {
  compilersFactory: { buildValidator: reject, buildSerializer: reject },
} satisfies FastifyServerOptions["schemaController"];
