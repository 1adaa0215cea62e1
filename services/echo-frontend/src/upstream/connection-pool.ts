import { HttpConnection } from "@echo/kit";
import { MAX_BODY_BYTES, type VersionHandler } from "./version-handler.ts";

/** Further requests wait for a connection, within their timeout. */
export const MAX_CONNECTIONS = 256;

type Headers = Readonly<Record<string, string>>;

/** Keep-alive connections to one URL. A connection gets no new request once it is older than `maxAgeMs`. */
export class ConnectionPool {
  readonly #url: URL;
  readonly #maxAgeMs: number;
  readonly #open = new Set<HttpConnection>();
  /** The one that was used last is at the end, and used next. */
  readonly #idle: HttpConnection[] = [];
  readonly #waiting: { headers: Headers; handler: VersionHandler }[] = [];

  /** @param maxAgeMs by the monotonic clock, because the wall clock can be set back */
  constructor(url: URL, maxAgeMs: number) {
    this.#url = url;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Sends a request on an idle connection or, if there is none, on a new one or the next that becomes free. */
  send(headers: Headers, handler: VersionHandler): void {
    const connection = this.#takeIdle() ?? (this.#open.size < MAX_CONNECTIONS ? this.#connect() : undefined);
    if (!connection) this.#waiting.push({ headers, handler });
    else if (handler.begin(connection)) connection.send(headers, handler);
  }

  /** Sends a request on a connection of its own, which is closed afterwards. */
  sendAlone(headers: Headers, handler: VersionHandler): void {
    const connection = new HttpConnection({
      url: this.#url,
      maxBodyBytes: MAX_BODY_BYTES,
      onFree: (free) => free.destroy(),
      onClose: () => undefined,
    });
    if (handler.begin(connection)) connection.send(headers, handler);
  }

  destroy(): void {
    for (const connection of this.#open) connection.destroy();
  }

  #connect(): HttpConnection {
    const connection = new HttpConnection({
      url: this.#url,
      maxBodyBytes: MAX_BODY_BYTES,
      onFree: this.#onFree,
      onClose: this.#onClose,
    });
    this.#open.add(connection);
    return connection;
  }

  #takeIdle(): HttpConnection | undefined {
    const now = performance.now();
    // The one that has been idle longest is never used if there are more than the load needs.
    const [eldest] = this.#idle;
    if (eldest && !this.#isUsable(eldest, now)) this.#idle.shift()?.destroy();
    let connection = this.#idle.pop();
    while (connection && !this.#isUsable(connection, now)) {
      connection.destroy();
      connection = this.#idle.pop();
    }
    return connection;
  }

  #isUsable(connection: HttpConnection, now: number): boolean {
    return now - connection.createdAt <= this.#maxAgeMs && connection.isUsable(now);
  }

  readonly #onFree = (connection: HttpConnection): void => {
    if (!this.#isUsable(connection, performance.now())) return connection.destroy();
    if (!this.#sendWaiting(() => connection)) this.#idle.push(connection);
  };

  readonly #onClose = (connection: HttpConnection): void => {
    this.#open.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#sendWaiting(() => this.#connect());
  };

  /** Sends the request that has waited longest. @returns whether there was one */
  #sendWaiting(connection: () => HttpConnection): boolean {
    let next = this.#waiting.shift();
    while (next?.handler.isAborted) next = this.#waiting.shift();
    if (!next) return false;
    const free = connection();
    next.handler.begin(free);
    free.send(next.headers, next.handler);
    return true;
  }
}
