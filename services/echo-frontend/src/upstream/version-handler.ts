import { LongResponseError, type ResponseHandler, type ResponseHeaders } from "@echo/kit";
import { UpstreamResponseError } from "./errors.ts";
import { type Origin, originOf, UNKNOWN } from "./origin.ts";

/** The longest response body that is read, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Receives the result of a request, once. */
export interface ResultHandler {
  succeed(version: string, status: number | undefined): void;
  /** @param responded whether any part of a response has arrived */
  fail(error: Error, status: number | undefined, responded: boolean): void;
}

/** Reads the `version` from one response. It reads the whole body, or closes the connection. */
export class VersionHandler implements ResponseHandler {
  /** Where the response comes from, once its headers have arrived. */
  origin: Origin = UNKNOWN;
  readonly #result: ResultHandler;
  #connection: { destroy(reason: Error): void } | undefined;
  #aborted: Error | undefined;
  #failed = false;
  #status: number | undefined;

  constructor(result: ResultHandler) {
    this.#result = result;
  }

  get isAborted(): boolean {
    return this.#aborted !== undefined;
  }

  /** Gets the connection of the request. @returns whether the request is to be sent */
  begin(connection: { destroy(reason: Error): void }): boolean {
    this.#connection = connection;
    if (this.#aborted) connection.destroy(this.#aborted);
    return !this.#aborted;
  }

  /** Ends the request, whether it is queued, connecting or receiving its response. */
  abort(reason: Error): void {
    this.#aborted = reason;
    this.#connection?.destroy(reason);
    this.#fail(reason, true);
  }

  onHead(status: number, headers: ResponseHeaders): void {
    this.#status = status;
    this.origin = originOf(headers);
    if (status > 299) this.abort(new UpstreamResponseError(`the backend responded with status ${status}`));
  }

  onEnd(body: string): void {
    let version: string;
    try {
      version = parseVersion(body);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)), true);
      return;
    }
    this.#result.succeed(version, this.#status);
  }

  onError(error: Error, responded: boolean): void {
    if (error instanceof LongResponseError)
      this.#fail(
        new UpstreamResponseError(`the backend's response is longer than ${MAX_BODY_BYTES / 1024} KiB`),
        true,
      );
    else this.#fail(error, responded);
  }

  /** A connection reports an abort as an error, too: only the first failure counts. */
  #fail(error: Error, responded: boolean): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#result.fail(error, this.#status, responded);
  }
}

function parseVersion(body: string): string {
  let response: unknown;
  try {
    response = JSON.parse(body);
  } catch (cause) {
    throw new UpstreamResponseError("the backend's response is not JSON", { cause });
  }
  const version =
    typeof response === "object" && response !== null && "version" in response && response.version;
  if (typeof version !== "string") throw new UpstreamResponseError("the backend's response has no version");
  return version;
}
