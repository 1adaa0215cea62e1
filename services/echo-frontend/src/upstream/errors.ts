import type { UpstreamOutcome } from "@echo/kit";
import { errors } from "undici";
import { type Origin, UNKNOWN } from "./origin.ts";

/** An upstream request that returned no version. `status` is the frontend's own response status. */
export abstract class UpstreamError extends Error {
  abstract readonly status: 502 | 503 | 504;
  /** The value of the metric's label. */
  abstract readonly outcome: UpstreamOutcome;
  /** Where the failed response came from. */
  origin: Origin = UNKNOWN;
}

/** No complete response within BACKEND_TIMEOUT_MS. */
export class UpstreamTimeoutError extends UpstreamError {
  override name = "UpstreamTimeoutError";
  readonly status = 504;
  readonly outcome = "timeout";

  constructor(timeoutMs: number) {
    super(`the backend did not respond within ${timeoutMs} ms`);
  }
}

/** The connection was refused or lost, or the peer does not speak HTTP. */
export class UpstreamConnectionError extends UpstreamError {
  override name = "UpstreamConnectionError";
  readonly status = 502;
  readonly outcome = "connection";

  constructor(cause: Error) {
    super(describe(cause), { cause });
  }
}

/** An HTTP response with another status than 2xx, or without a version. */
export class UpstreamResponseError extends UpstreamError {
  override name = "UpstreamResponseError";
  readonly status = 502;
  readonly outcome = "bad answer";
}

/** The request was not sent, because too many others are pending. */
export class UpstreamOverloadError extends UpstreamError {
  override name = "UpstreamOverloadError";
  readonly status = 503;
  readonly outcome = "overload";

  constructor(pending: number) {
    super(`the backend is slow: ${pending} requests are waiting for it`);
  }
}

const MESSAGES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the backend refused the connection",
  ECONNRESET: "the backend reset the connection",
  EPIPE: "the backend reset the connection",
  ENOTFOUND: "the backend's name is unknown",
  EAI_AGAIN: "the backend's name could not be resolved",
  EHOSTUNREACH: "the backend's host is unreachable",
  ENETUNREACH: "the backend's host is unreachable",
  UND_ERR_CONNECT_TIMEOUT: "the backend did not accept a connection in time",
  UND_ERR_SOCKET: "the backend closed the connection before its response was complete",
};

function describe(cause: Error): string {
  if (cause instanceof errors.HTTPParserError) return "the backend's response is not HTTP";
  const code = errorCode(cause);
  return MESSAGES[code] ?? `the connection to the backend failed (${code || cause.message})`;
}

function errorCode(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
