import { connect, type Socket } from "node:net";
import { ConnectionClosedError, ResponseReader } from "../upstream/response-reader.ts";

/** How much earlier than the server a connection ends, in ms: a request could meet the server's close. */
const KEEP_ALIVE_MARGIN_MS = 1000;
/** How long an idle connection is kept if the server does not say, in ms. */
const KEEP_ALIVE_MS = 4000;
/** The operating system probes an idle connection after this time, in ms. */
const PROBE_AFTER_MS = 60_000;
/** All connections read into one buffer, because each reader is done with the bytes when it returns. */
const BYTES = Buffer.allocUnsafeSlow(64 * 1024);

export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/** Receives the response to one request: its head, then one of the other two. */
export interface ResponseHandler {
  onHead(status: number, headers: ResponseHeaders): void;
  onEnd(body: string): void;
  /** @param responded whether any part of a response has arrived */
  onError(error: Error, responded: boolean): void;
}

export interface ConnectionOptions<Connection = HttpConnection> {
  /** http or https. */
  url: URL;
  maxBodyBytes: number;
  /** Called after each response, if the connection can serve another request. */
  onFree(connection: Connection): void;
  onClose(connection: Connection): void;
}

/**
 * A keep-alive connection for GETs to one URL, one at a time. It parses only what these responses need, and reads without
 * a stream and without an allocation per read: docs/performance.md, upstream connections.
 */
export class HttpConnection {
  readonly createdAt = performance.now();
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #head: string;
  #handler: ResponseHandler | undefined;
  #reader: ResponseReader;
  #error: Error | undefined;
  #expiresAt = Infinity;

  constructor(options: ConnectionOptions) {
    const { url, maxBodyBytes } = options;
    this.#options = options;
    this.#head = `GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\n`;
    this.#reader = new ResponseReader(maxBodyBytes);
    this.#socket = open(url, (bytes) => this.#receive(bytes))
      .on("error", (error) => (this.#error ??= error))
      .on("end", () => this.#end())
      .on("close", () => this.#close());
  }

  /** Sends a request. A header's name and value come from this program or are valid already. */
  send(headers: Readonly<Record<string, string>>, handler: ResponseHandler): void {
    let request = this.#head;
    for (const name in headers) request += `${name}: ${headers[name]}\r\n`;
    this.#handler = handler;
    this.#socket.write(`${request}\r\n`, "latin1");
  }

  /** Whether the server still expects a request at this time of the monotonic clock. */
  isUsable(now: number): boolean {
    return now < this.#expiresAt && this.#socket.writable;
  }

  /** Closes the connection; a request in progress fails with the reason. */
  destroy(reason?: Error): void {
    this.#error ??= reason;
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    const [handler, reader] = [this.#handler, this.#reader];
    // Bytes without a request are no response.
    if (handler === undefined) return this.destroy();
    const had = reader.status;
    let complete = false;
    let failure: Error | undefined;
    try {
      complete = reader.read(bytes);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failure = error;
    }
    if (had === 0 && reader.status !== 0) handler.onHead(reader.status, reader.headers);
    if (failure) this.destroy(failure);
    // The handler may have closed the connection because of the status.
    if (complete && !this.#socket.destroyed) this.#succeed(handler, reader);
  }

  #succeed(handler: ResponseHandler, { body, reusable, keepAliveS }: ResponseReader): void {
    this.#handler = undefined;
    this.#reader = new ResponseReader(this.#options.maxBodyBytes);
    const idleMs = keepAliveS === undefined ? KEEP_ALIVE_MS : keepAliveS * 1000 - KEEP_ALIVE_MARGIN_MS;
    this.#expiresAt = performance.now() + idleMs;
    if (reusable && idleMs > 0) this.#options.onFree(this);
    else this.destroy();
    handler.onEnd(body);
  }

  #end(): void {
    const [handler, reader] = [this.#handler, this.#reader];
    if (handler && reader.end()) this.#succeed(handler, reader);
    else this.destroy();
  }

  #close(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.#options.onClose(this);
    handler?.onError(
      this.#error ?? new ConnectionClosedError("the connection was closed"),
      this.#reader.started,
    );
  }
}

function open(url: URL, receive: (bytes: Buffer) => void): Socket {
  const options = {
    // Without the brackets of an IPv6 address.
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || (url.protocol === "https:" ? 443 : 80)),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
    onread: {
      buffer: BYTES,
      callback: (size: number) => {
        receive(BYTES.subarray(0, size));
        return true;
      },
    },
  };
  if (url.protocol === "http:") return connect(options);
  // Loaded on first use, because most backends have no TLS.
  const tls = process.getBuiltinModule("node:tls");
  return tls.connect({
    ...options,
    servername: isAddress(options.host) ? "" : options.host,
    ALPNProtocols: ["http/1.1"],
  });
}

function isAddress(host: string): boolean {
  return /^[\d.]+$|:/.test(host);
}
