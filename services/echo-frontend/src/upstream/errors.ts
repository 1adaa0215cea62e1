import type { UpstreamOutcome } from "@echo/kit";
import errors from "undici/lib/core/errors.js";

/** The backend was asked and gave no version. `status` is what the frontend's own client is answered. */
export abstract class UpstreamError extends Error {
  abstract readonly status: 502 | 503 | 504;
  /** How the metrics count it. */
  abstract readonly outcome: UpstreamOutcome;
}

/** No whole answer within BACKEND_TIMEOUT_MS. */
export class UpstreamTimeoutError extends UpstreamError {
  override name = "UpstreamTimeoutError";
  readonly status = 504;
  readonly outcome = "timeout";

  constructor(timeoutMs: number) {
    super(`the backend did not answer within ${timeoutMs} ms`);
  }
}

/** No connection, a lost one, or something on it that is not HTTP. */
export class UpstreamConnectionError extends UpstreamError {
  override name = "UpstreamConnectionError";
  readonly status = 502;
  readonly outcome = "connection";

  constructor(cause: Error) {
    super(describe(cause), { cause });
  }
}

/** An HTTP answer that is not one of a backend. */
export class UpstreamAnswerError extends UpstreamError {
  override name = "UpstreamAnswerError";
  readonly status = 502;
  readonly outcome = "bad answer";
}

/** It was not asked: too many questions wait for it already. */
export class UpstreamOverloadError extends UpstreamError {
  override name = "UpstreamOverloadError";
  readonly status = 503;
  readonly outcome = "overload";

  constructor(questions: number) {
    super(`the backend is slow: ${questions} requests wait for it already`);
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the backend refused the connection",
  ECONNRESET: "the backend reset the connection",
  EPIPE: "the backend reset the connection",
  ENOTFOUND: "the backend's name is not known",
  EAI_AGAIN: "the backend's name could not be resolved",
  EHOSTUNREACH: "the backend's host cannot be reached",
  ENETUNREACH: "the backend's host cannot be reached",
  UND_ERR_CONNECT_TIMEOUT: "the backend did not accept a connection in time",
  UND_ERR_SOCKET: "the backend closed the connection before its answer was complete",
};

function describe(cause: Error): string {
  if (cause instanceof errors.HTTPParserError) return "the backend's answer is not HTTP";
  const code = errorCode(cause);
  return SENTENCES[code] ?? `the connection to the backend failed (${code || cause.message})`;
}

function errorCode(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
