import type { IncomingMessage } from "node:http";

/** The most headers in a request, as in Envoy and Apache by default. */
const MAX_HEADERS = 100;

/** The `Retry-After` of a 503, in seconds. */
export const RETRY_AFTER_S = "1";

/** Why a request was rejected before its handler, with the status and extra headers of the response. */
export class Rejection extends Error {
  override name = "Rejection";
  readonly status: 400 | 431 | 503;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: 400 | 431 | 503, message: string, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** The service has more requests than it can handle in time. The client may retry. */
export class OverloadedError extends Rejection {
  override name = "OverloadedError";

  constructor(message: string) {
    super(503, message, { "retry-after": RETRY_AFTER_S });
  }
}

/** Why the headers of a request are not acceptable, or undefined if they are. */
export function checkHeaders({ headers, rawHeaders }: IncomingMessage): Rejection | undefined {
  const coding = headers["transfer-encoding"];
  // Two servers may disagree on where such a body ends, and so on what the next request is (RFC 9112, 6.1).
  if (coding !== undefined && coding.toLowerCase() !== "chunked")
    return new Rejection(400, `Invalid transfer coding ${JSON.stringify(coding)}: expected chunked`, {
      connection: "close",
    });
  if (rawHeaders.length > 2 * MAX_HEADERS)
    return new Rejection(431, `${rawHeaders.length / 2} headers: expected at most ${MAX_HEADERS}`);
  return undefined;
}
