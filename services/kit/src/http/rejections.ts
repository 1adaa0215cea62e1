import type { IncomingMessage } from "node:http";

/** The most headers in a request, as in Envoy and Apache by default. */
const MAX_HEADERS = 100;

/** The `Retry-After` of a 503, in seconds. */
export const RETRY_AFTER_S = "1";

/** A host and optional port (RFC 3986, 3.2.2 and 3.2.3), or nothing. */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-fv.:]+\])(?::\d*)?$/i;

type RejectionStatus = 400 | 408 | 431 | 503;

/** Why a request was rejected before its handler, with the status and extra headers of the response. */
export class Rejection extends Error {
  override name = "Rejection";
  readonly status: RejectionStatus;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: RejectionStatus, message: string, headers = {}) {
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
export function checkHeaders(request: IncomingMessage): Rejection | undefined {
  const { headers, rawHeaders } = request;
  const coding = headers["transfer-encoding"];
  // Two servers may disagree on where such a body ends, and so on what the next request is (RFC 9112, 6.1).
  if (coding !== undefined && coding.toLowerCase() !== "chunked")
    return badRequest(`Invalid transfer coding ${JSON.stringify(coding)}: expected chunked`);
  if (rawHeaders.length > 2 * MAX_HEADERS)
    return new Rejection(431, `${rawHeaders.length / 2} headers: expected at most ${MAX_HEADERS}`);
  return checkHost(request);
}

/** Two servers may take such a request for two different hosts (RFC 9112, 3.2). */
function checkHost({ headers: { host }, rawHeaders, httpVersion }: IncomingMessage): Rejection | undefined {
  // Only these versions had no Host header.
  if (host === undefined)
    return httpVersion === "1.0" || httpVersion === "0.9"
      ? undefined
      : badRequest("no Host header: expected one");
  if (!HOST.test(host)) return badRequest(`Invalid Host ${JSON.stringify(host)}: expected a host and port`);
  // Node keeps only the first of two.
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === 4 && rawHeaders[i]?.toLowerCase() === "host") hosts++;
  return hosts > 1 ? badRequest(`${hosts} Host headers: expected one`) : undefined;
}

/** A request that is not acceptable, and after which the connection closes. */
export function badRequest(message: string): Rejection {
  return new Rejection(400, message, { connection: "close" });
}
