import { Client, type Dispatcher, errors } from "undici";
import type {
  ConnectionOptions,
  HttpConnection as OurConnection,
  ResponseHandler,
} from "../../../src/hot-path/http-connection.ts";
import {
  ConnectionClosedError,
  InvalidResponseError,
  LongResponseError,
} from "../../../src/upstream/response-reader.ts";

/** A connection by undici's Client, with its parser. */
export class HttpConnection implements Pick<OurConnection, "createdAt" | "send" | "isUsable" | "destroy"> {
  readonly createdAt = performance.now();
  readonly #options: ConnectionOptions<HttpConnection>;
  readonly #client: Client;
  #controller: Dispatcher.DispatchController | undefined;
  #destroyed: Error | undefined;

  constructor(options: ConnectionOptions<HttpConnection>) {
    this.#options = options;
    const limits = { headersTimeout: 0, bodyTimeout: 0, allowH2: false };
    this.#client = new Client(options.url.origin, limits);
    this.#client.on("disconnect", () => options.onClose(this));
  }

  send(headers: Readonly<Record<string, string>>, handler: ResponseHandler): void {
    const { url, maxBodyBytes } = this.#options;
    let started = false;
    const chunks: Buffer[] = [];
    let bytes = 0;
    const library: Dispatcher.DispatchHandler = {
      onRequestStart: (controller) => {
        this.#controller = controller;
        if (this.#destroyed) controller.abort(this.#destroyed);
      },
      onResponseStart(_controller, status, received) {
        started = true;
        const joined = Object.entries(received).map(([name, value]) => [name, [value].flat().join(", ")]);
        handler.onHead(status, Object.fromEntries(joined));
      },
      onResponseData(controller, chunk) {
        bytes += chunk.length;
        if (bytes > maxBodyBytes) controller.abort(new LongResponseError("the body is too long"));
        else chunks.push(chunk);
      },
      onResponseEnd: () => {
        this.#controller = undefined;
        this.#options.onFree(this);
        handler.onEnd(Buffer.concat(chunks).toString());
      },
      onResponseError(_controller, error) {
        const failure = translate(error);
        handler.onError(failure, started || failure instanceof InvalidResponseError);
      },
    };
    this.#client.dispatch({ method: "GET", path: url.pathname + url.search, headers }, library);
  }

  isUsable(): boolean {
    return !this.#client.destroyed;
  }

  destroy(reason = new Error("destroyed")): void {
    this.#destroyed = reason;
    this.#controller?.abort(reason);
    void this.#client.destroy(reason);
  }
}

function translate(error: Error): Error {
  if (error instanceof errors.HTTPParserError || error instanceof errors.ResponseContentLengthMismatchError)
    return new InvalidResponseError(error.message);
  if (error instanceof errors.SocketError) return new ConnectionClosedError(error.message);
  return error;
}
