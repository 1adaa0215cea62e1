import type { Server } from "node:http";
import type { Metrics } from "../observability/metrics.ts";
import type { RequestObserver } from "./request-observer.ts";

/** Measures requests. */
export function requestMetrics(metrics: Metrics): RequestObserver {
  return {
    begin: () => metrics.requestStarted(),
    end: ({ method }, status, milliseconds) => metrics.requestEnded(method, status, milliseconds),
  };
}

/** Counts the connections to a server. */
export function countConnections(server: Server, metrics: Metrics): void {
  server.on("connection", (socket) => {
    metrics.connectionOpened();
    socket.once("close", () => metrics.connectionClosed());
  });
}
