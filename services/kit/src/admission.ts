import type { IncomingMessage } from "node:http";

/** A request with more headers than this is refused, as Envoy and Apache do by default. */
const MAX_HEADERS = 100;

/** What a client that was answered 503 is told to wait before it asks again: `Retry-After`, in seconds. */
export const RETRY_AFTER_S = "1";

/** A request of which nothing was done. */
export abstract class Refusal extends Error {
  abstract readonly status: 400 | 431 | 503;
  /** Its answer's own. */
  readonly headers: Readonly<Record<string, string>> = {};
}

/** There is more to do than can be done in time: the client may ask again in a while. */
export class OverloadedError extends Refusal {
  override name = "OverloadedError";
  readonly status = 503;
  override readonly headers = { "retry-after": RETRY_AFTER_S };
}

class TooManyHeadersError extends Refusal {
  override name = "TooManyHeadersError";
  readonly status = 431;

  constructor(headers: number) {
    super(`${headers} headers, allowed are ${MAX_HEADERS}`);
  }
}

/** Two servers may disagree on where such a body ends, and on what is the next request (RFC 9112, 6.1). */
class TransferCodingError extends Refusal {
  override name = "TransferCodingError";
  readonly status = 400;
  override readonly headers = { connection: "close" };

  constructor(coding: string) {
    super(`the transfer coding is ${JSON.stringify(coding)}, allowed is chunked`);
  }
}

/**
 * Decides which requests are handled. Those at once are bounded, because each that is begun and cannot be finished in
 * time takes memory and time from all others. A request whose body is still coming takes no place, so that slow
 * uploads shut nobody out.
 */
export class Admission {
  readonly #max: number;
  #inFlight = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** A request takes a place, before its `refusal` is asked for. */
  enter(): void {
    this.#inFlight++;
  }

  /** It has ended, or waits for the rest of its body. */
  leave(): void {
    this.#inFlight--;
  }

  /** Why a request that has entered is not to be handled; undefined when it is. */
  refusal({ headers, rawHeaders }: IncomingMessage): Refusal | undefined {
    const coding = headers["transfer-encoding"];
    if (coding !== undefined && coding.toLowerCase() !== "chunked") return new TransferCodingError(coding);
    if (rawHeaders.length > 2 * MAX_HEADERS) return new TooManyHeadersError(rawHeaders.length / 2);
    if (this.#inFlight > this.#max)
      return new OverloadedError(`${this.#max} requests are being handled, as many as MAX_IN_FLIGHT allows`);
    return undefined;
  }
}
