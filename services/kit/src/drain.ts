import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Whether this instance is on its way out. One object, shared by readiness and by every answer. */
export class Drain {
  #started = false;

  get started(): boolean {
    return this.#started;
  }

  start(): void {
    this.#started = true;
  }
}

/**
 * Ends connections by an answer's `Connection: close`: each one while draining, and those older than `maxAgeMs`
 * at any time, so that a keep-alive client finds the pods of today (kubernetes/kubernetes#38456).
 */
export function closeOldConnections(app: FastifyInstance, drain: Drain, maxAgeMs: number): void {
  const openedAt = trackAge(app.server);
  const isOld = (socket: Socket) =>
    maxAgeMs > 0 && performance.now() - (openedAt.get(socket) ?? Infinity) > maxAgeMs;
  app.addHook("onSend", (request, reply, payload, done) => {
    if (drain.started || isOld(request.raw.socket)) reply.header("connection", "close");
    done(null, payload);
  });
}

function trackAge(server: Server): WeakMap<Socket, number> {
  const openedAt = new WeakMap<Socket, number>();
  server.on("connection", (socket) => openedAt.set(socket, performance.now()));
  return openedAt;
}
