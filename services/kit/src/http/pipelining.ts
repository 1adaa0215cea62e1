import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Connection, Connections } from "./connections.ts";
import { hasBody } from "./request-body.ts";

/** What Node's objects of a request without headers take, in bytes: docs/performance.md, pipelined requests. */
const REQUEST_BYTES = 2048;
/** The most of a body that Node reads ahead. */
const BODY_BYTES = 64 * 1024;
/** Bytes of a string per character, at most. */
const CHARACTER_BYTES = 2;

/** The pipelined requests of one connection that wait for their turn. */
interface Waiting {
  readonly connection: Connection;
  count: number;
  bytes: number;
}

/**
 * Handles the requests of a connection one after the other: a request has its turn when the response before it has been
 * sent. While one waits, the service reads no more from that connection. So a connection holds one place of MAX_IN_FLIGHT
 * at most. Node parses up to 64 KiB at once, so a connection can still have many small requests waiting. If all of them
 * take more than `maxBytes`, the connection with the most is closed.
 */
export class Pipelining {
  readonly #waiting = new Map<Socket, Waiting>();
  readonly #connections: Connections;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(server: Server, connections: Connections, maxBytes: number) {
    this.#connections = connections;
    this.#maxBytes = maxBytes;
    server.on("connection", (socket) => {
      // Node resumes a socket after each request that it parses.
      socket.on("resume", () => {
        if (this.#waiting.has(socket)) socket.pause();
      });
      socket.once("close", () => this.#forget(socket));
    });
  }

  /** A listener that calls `handle` when it is the turn of a request. */
  listener(handle: RequestListener): RequestListener {
    return (request, response) => {
      const connection = this.#connections.of(request.socket);
      // The rest of what was parsed before the connection was closed.
      if (!connection) return;
      const begin = () => {
        this.#connections.begin(connection, response);
        handle(request, response);
      };
      // A response has no socket while another is being sent.
      if (response.socket) begin();
      else this.#wait(connection, request, response, begin);
    };
  }

  #wait(connection: Connection, request: IncomingMessage, response: ServerResponse, begin: () => void): void {
    const waiting = this.#waiting.get(connection.socket) ?? this.#startWaiting(connection);
    const bytes = memoryOf(request);
    waiting.count++;
    this.#add(waiting, bytes);
    response.once("socket", () => {
      this.#add(waiting, -bytes);
      if (--waiting.count === 0) {
        this.#waiting.delete(connection.socket);
        connection.socket.resume();
      }
      begin();
    });
    if (this.#bytes > this.#maxBytes) this.#closeLargest();
  }

  #startWaiting(connection: Connection): Waiting {
    const { socket } = connection;
    const waiting = { connection, count: 0, bytes: 0 };
    this.#waiting.set(socket, waiting);
    socket.pause();
    return waiting;
  }

  #closeLargest(): void {
    let largest: Waiting | undefined;
    for (const waiting of this.#waiting.values())
      if (!(largest && largest.bytes >= waiting.bytes)) largest = waiting;
    if (!largest) return;
    this.#forget(largest.connection.socket);
    this.#connections.close(largest.connection, "pipelining");
  }

  #forget(socket: Socket): void {
    const waiting = this.#waiting.get(socket);
    if (!waiting) return;
    this.#waiting.delete(socket);
    this.#bytes -= waiting.bytes;
  }

  #add(waiting: Waiting, bytes: number): void {
    waiting.bytes += bytes;
    this.#bytes += bytes;
  }
}

/** An estimate of the memory that a request takes while it waits, in bytes. */
function memoryOf(request: IncomingMessage): number {
  const { url = "", rawHeaders } = request;
  const characters = rawHeaders.reduce((sum, text) => sum + text.length, url.length);
  return REQUEST_BYTES + CHARACTER_BYTES * characters + (hasBody(request) ? BODY_BYTES : 0);
}
