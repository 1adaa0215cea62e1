import type { IncomingMessage } from "node:http";

/** The most headers in a request, as in Envoy and Apache by default. */
const MAX_HEADERS = 100;

/** The `Retry-After` of a 503, in seconds. */
export const RETRY_AFTER_S = "1";

/** Why a request was rejected before its handler. */
export abstract class Rejection extends Error {
  abstract readonly status: 400 | 431 | 503;
  /** Extra response headers. */
  readonly headers: Readonly<Record<string, string>> = {};
}

/** The service has more requests than it can handle in time. The client may retry. */
export class OverloadedError extends Rejection {
  override name = "OverloadedError";
  readonly status = 503;
  override readonly headers = { "retry-after": RETRY_AFTER_S };
}

class TooManyHeadersError extends Rejection {
  override name = "TooManyHeadersError";
  readonly status = 431;

  constructor(headers: number) {
    super(`${headers} headers: expected at most ${MAX_HEADERS}`);
  }
}

/** Two servers may disagree on where such a body ends, and so on what the next request is (RFC 9112, 6.1). */
class TransferCodingError extends Rejection {
  override name = "TransferCodingError";
  readonly status = 400;
  override readonly headers = { connection: "close" };

  constructor(coding: string) {
    super(`Invalid transfer coding ${JSON.stringify(coding)}: expected chunked`);
  }
}

/** Why the headers of a request are not acceptable, or undefined if they are. */
export function checkHeaders({ headers, rawHeaders }: IncomingMessage): Rejection | undefined {
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") return new TransferCodingError(coding);
  if (rawHeaders.length > 2 * MAX_HEADERS) return new TooManyHeadersError(rawHeaders.length / 2);
  return undefined;
}
