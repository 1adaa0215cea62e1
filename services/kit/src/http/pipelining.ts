import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { runInBatch } from "../hot-path/event-loop-batch.ts";
import type { Connection, Connections } from "./connections.ts";
import { hasBody } from "./request-body.ts";
import { SlicedReader } from "./sliced-reader.ts";

/** What Node's objects of a request without headers take, in bytes: docs/performance.md, pipelined requests. */
const REQUEST_BYTES = 2048;
/** The most of a body that Node reads ahead. */
const BODY_BYTES = 64 * 1024;
/** Bytes of a string per character, at most. */
const CHARACTER_BYTES = 2;
/** If more than this waits, connections are read in slices until nothing waits. Few clients send so much ahead. */
const PRESSURE_BYTES = 512 * 1024;

/** The pipelined requests of one connection that wait for their turn. */
interface Waiting {
  readonly connection: Connection;
  count: number;
  bytes: number;
}

/**
 * Handles the requests of a connection one after the other: a request has its turn when the response before it has been
 * sent. So a connection holds one place of MAX_IN_FLIGHT at most. While a request waits, the service reads no more from
 * its connection. Node parses up to 64 KiB at once, which can be thousands of requests. If many wait, the service
 * therefore reads all connections in slices. If they take more than `maxBytes`, it closes the connection with the most.
 */
export class Pipelining {
  readonly #waiting = new Map<Socket, Waiting>();
  readonly #readers = new WeakMap<Socket, SlicedReader>();
  readonly #connections: Connections;
  readonly #maxBytes: number;
  #bytes = 0;
  #underPressure = false;

  constructor(server: Server, connections: Connections, maxBytes: number) {
    this.#connections = connections;
    this.#maxBytes = maxBytes;
    server.on("connection", (socket) => {
      // Node resumes a socket after each request that it parses.
      socket.on("resume", () => {
        if (this.#waiting.has(socket)) this.#pause(socket);
      });
      socket.once("close", () => this.#forget(socket));
      if (this.#underPressure) this.#slice(socket);
    });
  }

  /** A listener that calls `handle` when it is the turn of a request. */
  listener(handle: RequestListener): RequestListener {
    return (request, response) => {
      const connection = this.#connections.of(request.socket);
      // The rest of what was parsed before the connection was closed.
      if (!connection) return;
      // A response has no socket while another is being sent.
      if (!response.socket) return this.#wait(connection, request, response, handle);
      this.#connections.begin(connection, response);
      handle(request, response);
    };
  }

  #wait(
    connection: Connection,
    request: IncomingMessage,
    response: ServerResponse,
    handle: RequestListener,
  ): void {
    const { socket } = connection;
    const waiting = this.#waiting.get(socket) ?? this.#block(connection);
    const bytes = memoryOf(request);
    waiting.count++;
    this.#add(waiting, bytes);
    const takeTurn = () => {
      if (!this.#waiting.has(socket)) return;
      this.#add(waiting, -bytes);
      this.#connections.begin(connection, response);
      handle(request, response);
      if (--waiting.count === 0) this.#unblock(waiting);
    };
    // One request per iteration of the event loop, so that other connections have their turn too.
    response.once("socket", () => runInBatch(takeTurn));
    if (this.#bytes > this.#maxBytes) this.#closeLargest();
  }

  #block(connection: Connection): Waiting {
    const { socket } = connection;
    const waiting = { connection, count: 0, bytes: 0 };
    this.#waiting.set(socket, waiting);
    this.#add(waiting, this.#readers.get(socket)?.waitingBytes ?? 0);
    this.#pause(socket);
    return waiting;
  }

  #unblock({ connection: { socket } }: Waiting): void {
    this.#forget(socket);
    const reader = this.#readers.get(socket);
    if (reader) return reader.resume();
    if (this.#underPressure) this.#slice(socket).resume();
    socket.resume();
  }

  /** A sliced reader stops by itself. */
  #pause(socket: Socket): void {
    if (!this.#readers.has(socket)) socket.pause();
  }

  #slice(socket: Socket): SlicedReader {
    const reader = new SlicedReader(socket, () => this.#waiting.has(socket));
    this.#readers.set(socket, reader);
    return reader;
  }

  #add(waiting: Waiting, bytes: number): void {
    waiting.bytes += bytes;
    this.#bytes += bytes;
    if (this.#bytes === 0) this.#underPressure = false;
    if (this.#underPressure || this.#bytes <= PRESSURE_BYTES) return;
    this.#underPressure = true;
    // A connection with waiting requests follows when it goes on.
    for (const { socket } of this.#connections.all())
      if (!this.#waiting.has(socket) && !this.#readers.has(socket)) this.#slice(socket);
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
    this.#add(waiting, -waiting.bytes);
  }
}

/** An estimate of the memory that a request takes while it waits, in bytes. */
function memoryOf(request: IncomingMessage): number {
  const { url = "", rawHeaders } = request;
  const characters = rawHeaders.reduce((sum, text) => sum + text.length, url.length);
  return REQUEST_BYTES + CHARACTER_BYTES * characters + (hasBody(request) ? BODY_BYTES : 0);
}
