import { fastify, type FastifyInstance, type FastifyRequest } from "fastify";
import * as v from "valibot";
import { LeaseSchema } from "../domain/lease.ts";
import { LEASE_PATH } from "../domain/ports.ts";
import { type Weights, WeightsSchema } from "../domain/weights.ts";
import { createLease } from "./lease.ts";

/** The most bytes of a body. */
const BODY_LIMIT = 1024;
/** A lease has the history of the shifts. */
const LEASE_LIMIT = 1024 * 1024;
const HOSTS = new Set(["localhost", "127.0.0.1"]);

const Body = v.pipe(v.string(), v.parseJson(), WeightsSchema);
const LeaseBody = v.pipe(v.string(), v.parseJson(), LeaseSchema);

/**
 * The control port: `GET` returns the weights, `PUT` sets them, as JSON such as {"blue":75,"green":25}.
 * LEASE_PATH has the lease of the shifts, and a `PUT` names the version that it replaces in `If-Match`. A web page in the
 * browser of this machine can reach it too, so it rejects what only a page sends: another name in `Host`, by DNS rebinding,
 * and another origin.
 */
export function createControl(current: () => Weights, set: (weights: Weights) => void): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", async (request, reply) => {
    const reason = rejectionOf(request);
    if (reason !== undefined) await reply.code(403).send(`${reason}\n`);
  });
  app.get("/", () => current());
  app.put("/", async (request, reply) => {
    const weights = v.safeParse(Body, request.body ?? "");
    if (!weights.success) return reply.code(400).send(`${weights.issues[0].message}\n`);
    set(weights.output);
    return current();
  });
  const lease = createLease();
  app.get(LEASE_PATH, (_request, reply) => lease.read() ?? reply.code(404).send("no lease yet\n"));
  app.put(LEASE_PATH, { bodyLimit: LEASE_LIMIT }, async (request, reply) => {
    const next = v.safeParse(LeaseBody, request.body ?? "");
    if (!next.success) return reply.code(400).send(`${next.issues[0].message}\n`);
    const version = lease.write(next.output, request.headers["if-match"]);
    return version === undefined ? reply.code(409).send("the lease has another version\n") : { version };
  });
  return app;
}

/** Why a request is rejected; undefined if a program of this machine sent it. */
function rejectionOf({ headers: { host = "", origin } }: FastifyRequest): string | undefined {
  const hostname = URL.parse(`http://${host}`)?.hostname ?? "";
  if (!HOSTS.has(hostname)) return `Invalid Host ${JSON.stringify(host)}: expected localhost or 127.0.0.1.`;
  if (origin !== undefined && origin !== `http://${host}`)
    return `Invalid Origin ${JSON.stringify(origin)}: expected no web page.`;
  return undefined;
}
