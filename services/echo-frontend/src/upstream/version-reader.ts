import type { Dispatcher } from "undici";
import errors from "undici/lib/core/errors.js";
import { UpstreamAnswerError } from "./errors.ts";

/** The longest answer that is read, in bytes. */
const MAX_BODY_BYTES = 64 * 1024;

export interface Outcome {
  resolve(version: string): void;
  /** `answered` tells whether any part of an answer had come. */
  reject(error: Error, answered: boolean): void;
}

/**
 * Reads one answer as undici hands it over, without a stream in between, and takes the `version` out of it.
 * Always reads or aborts the whole body: an unread one keeps its connection from being used again.
 */
export class VersionReader implements Dispatcher.DispatchHandler {
  readonly #outcome: Outcome;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted: Error | undefined;
  /** The answer's status, once it has come. */
  status: number | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(outcome: Outcome) {
    this.#outcome = outcome;
  }

  /** Ends the request, wherever it is: queued, connecting or being answered. */
  abort(reason: Error): void {
    this.#aborted = reason;
    this.#controller?.abort(reason);
    this.#outcome.reject(reason, true);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(this.#aborted);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
    if (status > 299) this.abort(new UpstreamAnswerError(`the backend answered with status ${status}`));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_BODY_BYTES)
      this.abort(new UpstreamAnswerError(`the backend's answer is longer than ${MAX_BODY_BYTES / 1024} KiB`));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    try {
      this.#outcome.resolve(versionIn(Buffer.concat(this.#chunks).toString()));
    } catch (error) {
      this.#outcome.reject(error instanceof Error ? error : new Error(String(error)), true);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // What the parser refuses has come, too.
    this.#outcome.reject(error, this.status !== undefined || error instanceof errors.HTTPParserError);
  }
}

function versionIn(body: string): string {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (cause) {
    throw new UpstreamAnswerError("the backend's answer is not JSON", { cause });
  }
  const version = typeof answer === "object" && answer !== null && "version" in answer && answer.version;
  if (typeof version !== "string") throw new UpstreamAnswerError("the backend's answer has no version");
  return version;
}
