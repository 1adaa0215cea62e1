import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createProxyServer } from "http-proxy-3";
import * as v from "valibot";
import { CONTROL_PORT, localUrl, PORTS, STABLE_PORT } from "../domain/ports.ts";
import { allOn, type Weights, WeightsSchema } from "../domain/weights.ts";

/** The stable name of the local system: one port that forwards each request to either backend, by weight. */
export async function startBalancer(onChange: (from: Weights, to: Weights) => void) {
  let weights = allOn("blue");
  const set = (next: Weights) => {
    const from = weights;
    weights = next;
    onChange(from, next);
  };
  const proxy = createProxy(() => weights);
  const control = createControl(() => weights, set);
  await Promise.all([
    once(proxy.listen(STABLE_PORT), "listening"),
    once(control.listen(CONTROL_PORT, "localhost"), "listening"),
  ]);
  const servers = [proxy, control];
  return {
    weights: () => weights,
    set,
    close: async () => {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => once(server.close(), "close")));
    },
  };
}

function createProxy(current: () => Weights): Server {
  const proxy = createProxyServer({});
  return createServer((request, response) => {
    const weights = current();
    const color = Math.random() * 100 < weights.green ? "green" : "blue";
    // For the live page, which has no other way to learn the weights.
    response.setHeader("x-echo-weights", `blue=${weights.blue},green=${weights.green}`);
    proxy.web(request, response, { target: localUrl(PORTS[color].port) }, () => {
      // In place of the backend, so that its colour gets the blame.
      if (!response.headersSent) response.setHeader("x-echo-color", color);
      respond(response, 503, "no backend behind this name\n");
    });
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
