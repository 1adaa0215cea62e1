import { fastify, type FastifyInstance, type FastifyRequest } from "fastify";
import * as v from "valibot";
import { type Weights, WeightsSchema } from "../domain/weights.ts";

/** The most bytes of a body. */
const BODY_LIMIT = 1024;
const HOSTS = new Set(["localhost", "127.0.0.1"]);

const Body = v.pipe(v.string(), v.parseJson(), WeightsSchema);

/**
 * The control port: `GET` returns the weights, `PUT` sets them, as JSON such as {"blue":75,"green":25}. A web page in the
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
