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
  app.addHook("onSend", (request, reply, payload, done) => {
    const age = performance.now() - (openedAt.get(request.raw.socket) ?? Infinity);
    if (drain.started || (maxAgeMs > 0 && age > maxAgeMs)) reply.header("connection", "close");
    done(null, payload);
  });
}

function trackAge(server: Server): WeakMap<Socket, number> {
  const openedAt = new WeakMap<Socket, number>();
  server.on("connection", (socket) => openedAt.set(socket, performance.now()));
  return openedAt;
}
