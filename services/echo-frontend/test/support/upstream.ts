import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** A backend that answers by HTTP. Returns its URL. */
export async function httpUpstream(onRequest: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createHttpServer(onRequest))}`;
}

/** A backend that does with each connection, the first being 0, what it likes. Returns its URL. */
export async function rawUpstream(onConnection: (socket: Socket, number: number) => void): Promise<string> {
  let number = 0;
  const server = createServer((socket) => {
    socket.on("error", () => undefined).resume();
    onConnection(socket, number++);
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

/** A URL on which nobody listens. */
export async function closedUpstream(): Promise<string> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

/** An answer as bytes. */
export function httpAnswer(body: string, head = "HTTP/1.1 200 OK"): string {
  return `${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export const VERSION_11 = '{"version":"11.0"}\n';
