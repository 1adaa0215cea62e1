import type { IncomingMessage } from "node:http";
import { finished } from "node:stream";

/** Whether a request says that it has a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/**
 * Reads and discards the whole body. A response with `Connection: close` that is sent earlier could be lost, because the
 * close resets the connection of a client that is still sending.
 */
export function discardBody(request: IncomingMessage, done: (error?: Error) => void): void {
  finished(request, { writable: false }, (error) => done(error ?? undefined));
  request.resume();
}
