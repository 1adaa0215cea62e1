import { createServer, type RequestListener, type Server } from "node:http";
import type { CloseReason } from "../observability/metrics.ts";
import { Connections } from "./connections.ts";
import type { HttpLimits } from "./limits.ts";
import { Pipelining } from "./pipelining.ts";

declare module "node:http" {
  interface Server {
    /** Whether a client that sends no more, such as `nc -N`, still gets its response. Missing in Node's own types. */
    httpAllowHalfOpen: boolean;
  }
}

export interface GuardedServerOptions {
  limits: HttpLimits;
  /** The most open connections. */
  maxConnections: number;
  /** The most that a whole request may take, in ms; 0 sets no limit. */
  requestTimeout: number;
  /** Called for each connection that the server closes to protect itself. */
  onClose: (reason: CloseReason) => void;
}

/** An HTTP server of which no client takes more time or memory than `limits` allow. */
export function createGuardedServer(handle: RequestListener, options: GuardedServerOptions): Server {
  const { limits, maxConnections, requestTimeout, onClose } = options;
  const server = createServer({
    headersTimeout: limits.headersTimeout,
    connectionsCheckingInterval: limits.connectionsCheckingInterval,
    maxHeaderSize: limits.maxHeaderSize,
    keepAliveTimeout: limits.idleTimeout,
    requestTimeout,
    // The service checks it itself, and logs it: rejections.ts.
    requireHostHeader: false,
    // Node then creates no stream for a request without a body: docs/performance.md, empty requests.
    optimizeEmptyRequests: true,
  });
  server.httpAllowHalfOpen = true;
  const connections = new Connections(server, maxConnections, limits, onClose);
  const pipelining = new Pipelining(server, connections, limits.maxWaitingBytes);
  return server.on("request", pipelining.listener(handle));
}
