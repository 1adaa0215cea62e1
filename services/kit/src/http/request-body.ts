import type { IncomingMessage } from "node:http";
import { finished } from "node:stream";
import type { HttpLimits } from "./limits.ts";
import { Rejection } from "./rejections.ts";

/** Whether a request says that it has a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/**
 * Reads and discards the whole body, or rejects one that arrives too slowly. A response with `Connection: close` that is
 * sent earlier could be lost, because the close resets the connection of a client that is still sending.
 */
export function discardBody(
  request: IncomingMessage,
  { bodyPeriod, minBodyBytes }: Pick<HttpLimits, "bodyPeriod" | "minBodyBytes">,
  done: (error?: Error) => void,
): void {
  let { bytesRead } = request.socket;
  const timer = setInterval(() => {
    const bytes = request.socket.bytesRead - bytesRead;
    bytesRead += bytes;
    if (bytes >= minBodyBytes) return;
    stop();
    done(
      new Rejection(
        408,
        `${bytes} bytes of the body in ${bodyPeriod} ms: expected at least ${minBodyBytes}`,
        {
          connection: "close",
        },
      ),
    );
  }, bodyPeriod);
  const unwatch = finished(request, { writable: false }, (error) => {
    stop();
    done(error ?? undefined);
  });
  const stop = () => {
    clearInterval(timer);
    unwatch();
  };
  request.resume();
}
