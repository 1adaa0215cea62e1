import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { shortenBatch } from "../hot-path/event-loop-batch.ts";
import type { CloseReason } from "../observability/metrics.ts";
import type { HttpLimits } from "./limits.ts";

/** An open connection. */
export interface Connection {
  readonly socket: Socket;
  /** The response to the newest request. Undefined before the first request, and some time after a response. */
  response: ServerResponse | undefined;
  /** Orders the connections by the begin of their newest request, or by their opening. */
  turn: number;
  /** How often in a row a check found no progress, while it was the client's turn. */
  stalledChecks: number;
  /** Bytes that the service has written up to the last check. */
  bytesWritten: number;
}

/**
 * The open connections of a server, at most `max`. Those that have waited for their clients for the longest time are closed
 * for new ones, so that idle or slow clients never shut out others. A periodic check closes connections whose client
 * reads no response, or sends no request.
 */
export class Connections {
  readonly #open = new Map<Socket, Connection>();
  readonly #max: number;
  readonly #onClose: (reason: CloseReason) => void;
  #turns = 0;
  #trimming = false;

  constructor(server: Server, max: number, limits: HttpLimits, onClose: (reason: CloseReason) => void) {
    this.#max = max;
    this.#onClose = onClose;
    server.on("connection", (socket) => this.#add(socket));
    const { connectionsCheckingInterval: interval } = limits;
    const timer = setInterval(() => this.#check(limits), interval).unref();
    server.on("close", () => clearInterval(timer));
  }

  /** Undefined if the service has closed the connection. */
  of(socket: Socket): Connection | undefined {
    return this.#open.get(socket);
  }

  all(): Iterable<Connection> {
    return this.#open.values();
  }

  /** Notes that the next request of a connection begins. */
  begin(connection: Connection, response: ServerResponse): void {
    connection.response = response;
    connection.turn = ++this.#turns;
  }

  close(connection: Connection, reason: CloseReason): void {
    this.#open.delete(connection.socket);
    connection.socket.destroy();
    this.#onClose(reason);
  }

  #add(socket: Socket): void {
    shortenBatch();
    const turn = ++this.#turns;
    this.#open.set(socket, { socket, response: undefined, turn, stalledChecks: 0, bytesWritten: 0 });
    socket.once("close", () => this.#open.delete(socket));
    if (this.#open.size <= this.#max || this.#trimming) return;
    this.#trimming = true;
    // Not in a batch, where it could wait behind requests while further connections are accepted.
    setImmediate(() => this.#trim());
  }

  /**
   * Closes what exceeds the limit, at the end of an iteration of the event loop. An iteration accepts one connection
   * (libuv/libuv#3696), and reads the request of the one that the iteration before has accepted. So a burst of connections
   * closes none before its request is read, unless all others have requests in progress.
   */
  #trim(): void {
    this.#trimming = false;
    const longest = Array.from(this.#open.values())
      .filter(isClientsTurn)
      .toSorted((a, b) => a.turn - b.turn)
      .slice(0, this.#open.size - this.#max);
    for (const connection of longest) this.close(connection, "limit");
  }

  #check({ connectionsCheckingInterval, idleTimeout, unreadTimeout }: HttpLimits): void {
    for (const connection of this.#open.values()) {
      // A finished response would keep its headers in memory.
      if (connection.response?.writableFinished) connection.response = undefined;
      const [limit, reason] = connection.response
        ? [unreadTimeout, "unread" as const]
        : [idleTimeout, "idle" as const];
      if (countStalledChecks(connection) * connectionsCheckingInterval >= limit)
        this.close(connection, reason);
    }
  }
}

/** Whether the service waits for this client: for a request, for the rest of a body, or until it reads the response. */
function isClientsTurn({ response }: Connection): boolean {
  return !response || !response.req.complete || response.writableEnded;
}

/** @returns how many checks in a row, this one included, found that the client neither sent a request nor read a response */
function countStalledChecks(connection: Connection): number {
  const { response, socket } = connection;
  // A body has a limit of its own: request-body.ts.
  const canStall = !response || (response.req.complete && response.writableEnded);
  const progressed = socket.bytesWritten !== connection.bytesWritten;
  connection.bytesWritten = socket.bytesWritten;
  connection.stalledChecks = canStall && !progressed ? connection.stalledChecks + 1 : 0;
  return connection.stalledChecks;
}
