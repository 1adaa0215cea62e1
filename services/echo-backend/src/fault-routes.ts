import { isIP } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import * as v from "valibot";
import { type Faults, faultSchema } from "./faults.ts";

/** The most bytes of a body. */
const BODY_LIMIT = 1024;

const Body = v.pipe(v.string(), v.parseJson(undefined, "JSON"), faultSchema);

/**
 * `GET /faults` returns the simulated faults as JSON, and `PUT /faults` replaces all of them. A web page in a browser of
 * this network must not reach them, so they reject what only a page sends: a name in `Host`, by DNS rebinding, any
 * `Origin`, and a body of another type than JSON, which needs no permission from the server.
 * @param onChange is called after each replacement
 */
export function addFaultRoutes(admin: FastifyInstance, faults: Faults, onChange: () => void): void {
  void admin.register((app, _options, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, parsed) => parsed(null, body));
    app.addHook("onRequest", async (request, reply) => {
      const rejection = rejectionOf(request);
      if (!rejection) return;
      // The rest of the request may hold its connection otherwise.
      reply.code(rejection.status).header("connection", "close");
      await reply.send(`${rejection.reason}.\n`);
    });
    app.get("/faults", () => faults.state());
    app.put("/faults", { bodyLimit: BODY_LIMIT, config: { readsBody: true } }, (request, reply) => {
      const body = v.safeParse(Body, request.body);
      if (!body.success) return reply.code(400).send(`${describe(body.issues[0])}.\n`);
      faults.replace(body.output);
      onChange();
      return reply.send(faults.state());
    });
    done();
  });
}

/** Why a request may come from a web page; undefined if a program sent it. */
function rejectionOf({ method, headers }: FastifyRequest): { status: 403 | 415; reason: string } | undefined {
  const { host = "", origin, "content-type": type = "" } = headers;
  const hostname = URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, "") ?? "";
  if (hostname !== "localhost" && isIP(hostname) === 0)
    return {
      status: 403,
      reason: `Invalid Host ${JSON.stringify(host)}: expected localhost or an IP address`,
    };
  if (origin !== undefined)
    return { status: 403, reason: `Invalid Origin ${JSON.stringify(origin)}: expected no web page` };
  const [mediaType = ""] = type.split(";");
  if (method === "PUT" && mediaType.trim().toLowerCase() !== "application/json")
    return { status: 415, reason: `Invalid Content-Type ${JSON.stringify(type)}: expected application/json` };
  return undefined;
}

/** `Invalid errors 120: expected a number from 0 to 100, in percent` */
function describe(issue: v.BaseIssue<unknown>): string {
  return `Invalid ${v.getDotPath(issue) ?? "faults"} ${JSON.stringify(issue.input)}: expected ${issue.message}`;
}
