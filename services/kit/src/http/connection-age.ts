import { performance } from "node:perf_hooks";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Drain } from "./drain.ts";

/**
 * Closes connections with the header `Connection: close`: all of them during the drain, and those older than `maxAgeMs`
 * (0: none) at any time. A keep-alive client then reconnects to the current pods (kubernetes/kubernetes#38456).
 */
export function closeOldConnections(app: FastifyInstance, drain: Drain, maxAgeMs: number): void {
  const openedAt = new WeakMap<Socket, number>();
  app.server.on("connection", (socket) => openedAt.set(socket, performance.now()));
  const isOld = (socket: Socket) =>
    maxAgeMs > 0 && performance.now() - (openedAt.get(socket) ?? Infinity) > maxAgeMs;
  app.addHook("onSend", (request, reply, payload, done) => {
    if (drain.started || isOld(request.raw.socket)) reply.header("connection", "close");
    done(null, payload);
  });
}
