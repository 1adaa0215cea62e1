import { atEndOfTurn, type RequestTrace } from "@echo/kit";
import type { Dispatcher } from "undici";
import Client from "undici/lib/dispatcher/client.js";
import Pool from "undici/lib/dispatcher/pool.js";
import { AgeingPool } from "./ageing-pool.ts";
import {
  UpstreamConnectionError,
  UpstreamError,
  UpstreamOverloadError,
  UpstreamTimeoutError,
} from "./errors.ts";
import { type Outcome, VersionReader } from "./version-reader.ts";

/** More questions at once than this wait for a connection, within their time-out. As many again may be ending. */
const MAX_CONNECTIONS = 256;
/** Three may wait for each one that is being asked. More would wait for longer than three answers take, and are refused. */
const MAX_QUESTIONS = 4 * MAX_CONNECTIONS;

export interface BackendClient {
  /** The version that the backend answers now. @throws {UpstreamError} */
  version(requestId: string, trace?: RequestTrace): Promise<string>;
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
  const connect = { timeout: timeoutMs };
  const pool = new AgeingPool(
    () => new Pool(url.origin, { ...options, connections: MAX_CONNECTIONS, connect }),
    connectionMaxAgeMs,
  );
  const request = { method: "GET", path: url.pathname + url.search } as const;
  let questions = 0;

  return {
    version: (requestId, trace) =>
      new Promise((resolve, reject) => {
        if (questions >= MAX_QUESTIONS) {
          reject(new UpstreamOverloadError(questions));
          return;
        }
        questions++;
        let open = true;
        const end = () => {
          clearTimeout(timer);
          if (open) questions--;
          open = false;
        };
        const ask = (dispatcher: Dispatcher, resends: number, onFailure: Outcome["reject"]) => {
          const span = trace?.ask(url, resends);
          const reader: VersionReader = new VersionReader({
            resolve(version) {
              end();
              span?.answered(version, reader.status);
              // So that the answers of a turn are written together.
              atEndOfTurn(() => resolve(version));
            },
            reject(error, answered) {
              span?.failed(error, reader.status);
              onFailure(error, answered);
            },
          });
          const headers = { accept: "application/json", "x-request-id": requestId, ...span?.headers };
          dispatcher.dispatch({ ...request, headers }, reader);
          return reader;
        };
        const fail = (error: Error) => {
          end();
          reject(error instanceof UpstreamError ? error : new UpstreamConnectionError(error));
        };
        const retry = () => {
          const client = new Client(url.origin, { ...options, connect });
          current = ask(client, 1, fail);
          // Closes once the answer is in.
          void client.close();
        };
        const timer = setTimeout(() => current.abort(new UpstreamTimeoutError(timeoutMs)), timeoutMs);
        let current = ask(pool.current(), 0, (error, answered) => {
          if (answered || error instanceof UpstreamError) fail(error);
          else retry();
        });
      }),
    close: () => pool.destroy(),
  };
}
