import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, errors } from "undici";
import { UpstreamResponseError } from "./errors.ts";
import { type Origin, originOf, UNKNOWN } from "./origin.ts";

/** The longest response body that is read, in bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/** Receives the result of a request, once. */
export interface ResultHandler {
  succeed(version: string, status: number | undefined): void;
  /** @param responded whether any part of a response has arrived */
  fail(error: Error, status: number | undefined, responded: boolean): void;
}

/**
 * Reads the `version` from one response, as undici delivers it, without a stream in between. It always reads or aborts
 * the whole body, because an unread body blocks its connection.
 */
export class VersionHandler implements Dispatcher.DispatchHandler {
  /** Where the response comes from, once its headers have arrived. */
  origin: Origin = UNKNOWN;
  readonly #result: ResultHandler;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted: Error | undefined;
  #failed = false;
  #status: number | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(result: ResultHandler) {
    this.#result = result;
  }

  /** Ends the request, whether it is queued, connecting or receiving its response. */
  abort(reason: Error): void {
    this.#aborted = reason;
    this.#controller?.abort(reason);
    this.#fail(reason, true);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(this.#aborted);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.#status = status;
    this.origin = originOf(headers);
    if (status > 299) this.abort(new UpstreamResponseError(`the backend responded with status ${status}`));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_BODY_BYTES)
      this.abort(
        new UpstreamResponseError(`the backend's response is longer than ${MAX_BODY_BYTES / 1024} KiB`),
      );
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    let version: string;
    try {
      version = parseVersion(Buffer.concat(this.#chunks).toString());
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)), true);
      return;
    }
    this.#result.succeed(version, this.#status);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // If the parser rejects a response, a part of it has arrived.
    this.#fail(error, this.#status !== undefined || error instanceof errors.HTTPParserError);
  }

  /** undici reports an abort as an error, too: only the first failure counts. */
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
