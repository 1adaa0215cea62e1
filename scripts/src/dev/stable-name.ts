import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createProxyServer } from "http-proxy-3";
import * as v from "valibot";
import { allOn, type Weights } from "../traffic/weights.ts";
import type { Color } from "../versions.ts";
import { CONTROL_PORT, STABLE_PORT } from "./plan.ts";

const Percent = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100));
export const WeightsSchema = v.pipe(
  v.object({ blue: Percent, green: Percent }),
  v.check(({ blue, green }) => blue + green === 100, "the weights must add up to 100"),
);

/** The stable name of the local system: one port that leads to either backend, by weight, request for request. */
export interface StableName {
  readonly weights: Weights;
  set(weights: Weights): void;
  close(): Promise<void>;
}

export async function openStableName(
  targets: Readonly<Record<Color, string>>,
  onChange: (from: Weights, to: Weights) => void,
): Promise<StableName> {
  let weights = allOn("blue");
  const set = (next: Weights) => {
    const from = weights;
    weights = next;
    onChange(from, next);
  };
  const pick = (): Color => (Math.random() * 100 < weights.green ? "green" : "blue");
  const servers = await Promise.all([
    listen(
      createBalancer(() => targets[pick()]),
      STABLE_PORT,
    ),
    listen(
      createControl(() => weights, set),
      CONTROL_PORT,
      "localhost",
    ),
  ]);
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

function createBalancer(target: () => string): Server {
  const proxy = createProxyServer({});
  return createServer((request, response) => {
    proxy.web(request, response, { target: target() }, () =>
      answer(response, 503, "no backend behind this name\n"),
    );
  });
}

/** `GET` answers the weights, `PUT` sets them: JSON of the form {"blue":75,"green":25}. */
function createControl(current: () => Weights, set: (weights: Weights) => void): Server {
  return createServer((request, response) => {
    request.setEncoding("utf8");
    let body = "";
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      if (request.method === "PUT") {
        const wanted = v.safeParse(v.pipe(v.string(), v.parseJson(), WeightsSchema), body);
        if (!wanted.success) return answer(response, 400, `${wanted.issues[0].message}\n`);
        set(wanted.output);
      }
      answer(response, 200, JSON.stringify(current()));
    });
  });
}

function answer(response: ServerResponse, status: number, body: string): void {
  if (!response.headersSent) response.statusCode = status;
  response.end(body);
}
