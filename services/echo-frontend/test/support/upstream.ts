import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { freePort, listenOn } from "@echo/kit/testing";
import { onTestFinished } from "vitest";

/** Listens until the test ends, and then destroys all connections. Returns the URL. */
async function start(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${await listenOn(server)}`;
}

/** An HTTP backend. Returns its URL. */
export function httpUpstream(onRequest: RequestListener): Promise<string> {
  return start(createHttpServer(onRequest));
}

/** A backend that writes any bytes on its connections, which are numbered from 0. Returns its URL. */
export function rawUpstream(onConnection: (socket: Socket, number: number) => void): Promise<string> {
  let number = 0;
  const server = createServer((socket) => {
    socket.on("error", () => undefined).resume();
    onConnection(socket, number++);
  });
  return start(server);
}

/** A URL that refuses connections. */
export async function closedUpstream(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}

/** A response as text. */
export function httpResponse(body: string, statusLine = "HTTP/1.1 200 OK"): string {
  return `${statusLine}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export const VERSION_11 = '{"version":"11.0"}\n';
