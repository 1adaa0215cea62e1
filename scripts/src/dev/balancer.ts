import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createProxyServer } from "http-proxy-3";
import * as v from "valibot";
import type { Color } from "../domain/color.ts";
import { CONTROL_PORT, STABLE_PORT } from "../domain/ports.ts";
import { allOn, type Weights, WeightsSchema } from "../domain/weights.ts";

/** The stable name of the local system: one port that forwards each request to either backend, by weight. */
export interface Balancer {
  readonly weights: Weights;
  set: (weights: Weights) => void;
  close: () => Promise<void>;
}

export async function startBalancer(
  targets: Readonly<Record<Color, string>>,
  onChange: (from: Weights, to: Weights) => void,
): Promise<Balancer> {
  let weights = allOn("blue");
  const set = (next: Weights) => {
    const from = weights;
    weights = next;
    onChange(from, next);
  };
  const pick = (): Color => (Math.random() * 100 < weights.green ? "green" : "blue");
  const proxy = createProxy(() => targets[pick()]);
  const control = createControl(() => weights, set);
  const servers = await Promise.all([listen(proxy, STABLE_PORT), listen(control, CONTROL_PORT, "localhost")]);
  return {
    get weights() {
      return weights;
    },
    set,
    close: async () => {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => once(server.close(), "close")));
    },
  };
}

async function listen(server: Server, port: number, host?: string): Promise<Server> {
  const listening = once(server, "listening");
  server.listen(port, host);
  await listening;
  return server;
}

function createProxy(target: () => string): Server {
  const proxy = createProxyServer({});
  return createServer((request, response) => {
    proxy.web(request, response, { target: target() }, () =>
      respond(response, 503, "no backend behind this name\n"),
    );
  });
}

/** `GET` returns the weights, `PUT` sets them, as JSON such as {"blue":75,"green":25}. */
function createControl(current: () => Weights, set: (weights: Weights) => void): Server {
  return createServer((request, response) => {
    request.setEncoding("utf8");
    let body = "";
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      if (request.method === "PUT") {
        const weights = v.safeParse(v.pipe(v.string(), v.parseJson(), WeightsSchema), body);
        if (!weights.success) return respond(response, 400, `${weights.issues[0].message}\n`);
        set(weights.output);
      }
      respond(response, 200, JSON.stringify(current()));
    });
  });
}

function respond(response: ServerResponse, status: number, body: string): void {
  if (!response.headersSent) response.statusCode = status;
  response.end(body);
}
