import type { Dispatcher } from "undici";
import Client from "undici/lib/dispatcher/client.js";
import Pool from "undici/lib/dispatcher/pool.js";
import { UpstreamConnectionError, UpstreamError, UpstreamTimeoutError } from "./errors.ts";
import { VersionReader } from "./version-reader.ts";

/** More questions at once than this wait for a connection, within their time-out. */
const MAX_CONNECTIONS = 256;

export interface BackendClient {
  /** The version that the backend answers now. @throws {UpstreamError} */
  version(requestId: string): Promise<string>;
  close(): Promise<void>;
}

export interface BackendOptions {
  url: URL;
  timeoutMs: number;
  connectionMaxAgeMs: number;
}

/**
 * Asks one backend over pooled connections. A failure of the connection before any byte of an answer is retried
 * once, on a connection of its own: the server may have closed an idle one just as it was taken (RFC 9112, 9.3.1).
 */
export function createBackendClient({ url, timeoutMs, connectionMaxAgeMs }: BackendOptions): BackendClient {
  const options = {
    // Only the wall clock below ends a question: undici's own time-outs are coarser.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  };
  const pool = new Pool(url.origin, {
    ...options,
    connections: MAX_CONNECTIONS,
    clientTtl: connectionMaxAgeMs,
    connect: { timeout: timeoutMs },
  });
  const request = { method: "GET", path: url.pathname + url.search } as const;

  return {
    version: (requestId) =>
      new Promise((resolve, reject) => {
        const headers = { accept: "application/json", "x-request-id": requestId };
        const ask = (dispatcher: Dispatcher, onFailure: (error: Error, answered: boolean) => void) => {
          const reader = new VersionReader({
            resolve(version) {
              clearTimeout(timer);
              resolve(version);
            },
            reject: onFailure,
          });
          dispatcher.dispatch({ ...request, headers }, reader);
          return reader;
        };
        const fail = (error: Error) => {
          clearTimeout(timer);
          reject(error instanceof UpstreamError ? error : new UpstreamConnectionError(error));
        };
        const retry = () => {
          const client = new Client(url.origin, { ...options, connect: { timeout: timeoutMs } });
          current = ask(client, fail);
          // Closes once the answer is in.
          void client.close();
        };
        const timer = setTimeout(() => current.abort(new UpstreamTimeoutError(timeoutMs)), timeoutMs);
        let current = ask(pool, (error, answered) => {
          if (answered || error instanceof UpstreamError) fail(error);
          else retry();
        });
      }),
    close: () => pool.destroy(),
  };
}
