import { once } from "node:events";
import {
  Agent,
  createServer,
  type IncomingMessage,
  request as send,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import type { Color } from "../domain/color.ts";
import { COLOR_HEADER } from "../domain/echo.ts";
import { LOOPBACK, PORTS } from "../domain/ports.ts";
import { previewOf } from "../domain/preview.ts";
import type { Weights } from "../domain/weights.ts";

/** The most connections to a backend at the same time. Further requests wait. */
const MAX_UPSTREAM = 256;

/** Headers of one connection (RFC 9110, section 7.6.1), and the expectation that this server itself has met. */
const HOP_BY_HOP = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
]);

/** Where a request goes: a backend, and the weights by which it was chosen. */
export interface Choice {
  color: Color;
  weights: Weights;
}

/** What else a stable name can be given. */
export interface StableNameOptions {
  /** The port of a backend. Default: that of PORTS. */
  portOf?: (color: Color) => number;
  /** Called after each request: `isError` if its status is 500 or more, or it ended without a whole response. */
  onEnd?: (color: Color, isError: boolean) => void;
}

/**
 * The stable name of the local system: forwards each request, unchanged, to the backend that `choose` returns. A preview
 * goes to its colour.
 */
export function createStableName(
  choose: () => Choice,
  { portOf = (color) => PORTS[color].port, onEnd }: StableNameOptions = {},
): Server {
  const agent = new Agent({ maxSockets: MAX_UPSTREAM });
  const server = createServer();
  handleInTurn(server, (request, response) => {
    const { color: chosen, weights } = choose();
    const color = previewOf(request.headers) ?? chosen;
    response.once("close", () => onEnd?.(color, response.statusCode >= 500 || !response.writableFinished));
    // For the live page, which has no other way to learn the weights.
    response.setHeader("x-echo-weights", `blue=${weights.blue},green=${weights.green}`);
    forward(request, response, { port: portOf(color), agent }).catch(() => {
      // In place of the backend, so that its colour gets the blame.
      if (!response.headersSent) response.setHeader(COLOR_HEADER, color);
      respond(response, 503, "no backend behind this name\n");
    });
  });
  return server;
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  to: { port: number; agent: Agent },
): Promise<void> {
  const { method, url: path, rawHeaders } = request;
  const headers = endToEnd(rawHeaders);
  if (request.headers.host === undefined) headers.push("Host", LOOPBACK);
  let upstream;
  try {
    upstream = send({ ...to, host: LOOPBACK, method, path, headers });
  } catch {
    return respond(response, 400, "this request cannot be forwarded\n");
  }
  // Also after the response began. The pipeline below reports it then.
  upstream.on("error", () => undefined);
  response.once("close", () => upstream.destroy());
  request.pipe(upstream);
  const [reply]: IncomingMessage[] = await once(upstream, "response");
  if (!reply) return;
  // This server frames the body as the client's version of HTTP needs it.
  const framed = endToEnd(reply.rawHeaders, "transfer-encoding");
  response.writeHead(reply.statusCode ?? 502, reply.statusMessage, framed);
  await pipeline(reply, response);
}

/** The headers that belong to the message, as alternating names and values. */
function endToEnd(rawHeaders: readonly string[], ...without: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase()) && !without.includes(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

function respond(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status).end(body);
}

/**
 * Handles the requests of a connection one after the other, and reads no more from it while one waits. Without that, Node
 * parses all that a client has sent before the first response, whatever memory that needs.
 */
function handleInTurn(server: Server, handle: RequestListener): void {
  const waiting = new Map<Socket, number>();
  server.on("connection", (socket) => {
    // Node resumes a socket after each request that it parses.
    socket.on("resume", () => waiting.has(socket) && socket.pause());
    socket.once("close", () => waiting.delete(socket));
  });
  server.on("request", (request, response) => {
    // A response has no socket while another is being sent.
    if (response.socket) return handle(request, response);
    const { socket } = request;
    waiting.set(socket, (waiting.get(socket) ?? 0) + 1);
    socket.pause();
    response.once("socket", () => {
      const left = (waiting.get(socket) ?? 0) - 1;
      if (left > 0) waiting.set(socket, left);
      else if (waiting.delete(socket)) socket.resume();
      handle(request, response);
    });
  });
}
