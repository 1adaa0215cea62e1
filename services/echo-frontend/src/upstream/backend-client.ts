import { type RequestTrace, runInBatch } from "@echo/kit";
import { ConnectionPool, MAX_CONNECTIONS } from "./connection-pool.ts";
import {
  UpstreamConnectionError,
  UpstreamError,
  UpstreamOverloadError,
  UpstreamTimeoutError,
} from "./errors.ts";
import { type Origin, UNKNOWN } from "./origin.ts";
import { VersionHandler } from "./version-handler.ts";

/** One request in progress and three waiting per connection. Any further request is rejected. */
const MAX_PENDING = 4 * MAX_CONNECTIONS;

/** @param responded whether any part of a response has arrived */
type OnFailure = (error: Error, responded: boolean) => void;

/** The version of the backend that responded. */
export interface BackendVersion {
  version: string;
  origin: Origin;
}

export interface BackendClient {
  /** Requests the backend's current version. @throws {UpstreamError} with the origin of the failed response */
  fetchVersion(requestId: string, trace?: RequestTrace): Promise<BackendVersion>;
  close(): void;
}

export interface BackendOptions {
  url: URL;
  /** Limit of a request with its retry, in ms. */
  timeoutMs: number;
  connectionMaxAgeMs: number;
}

/**
 * A client of one backend with pooled connections. If the connection fails before the first byte of the response, the
 * request is retried once on a new connection: the server may have closed an idle one (RFC 9112, 9.3.1).
 */
export function createBackendClient({ url, timeoutMs, connectionMaxAgeMs }: BackendOptions): BackendClient {
  const pool = new ConnectionPool(url, connectionMaxAgeMs);
  let pending = 0;

  return {
    fetchVersion(requestId, trace) {
      if (pending >= MAX_PENDING) return Promise.reject(new UpstreamOverloadError(pending));
      pending++;
      const { promise, resolve, reject } = Promise.withResolvers<BackendVersion>();
      let handler: VersionHandler | undefined;
      const timer = setTimeout(() => handler?.abort(new UpstreamTimeoutError(timeoutMs)), timeoutMs);
      const finish = () => {
        clearTimeout(timer);
        pending--;
      };
      const fail = (error: Error) => {
        finish();
        const failure = error instanceof UpstreamError ? error : new UpstreamConnectionError(error);
        failure.origin = handler?.origin ?? UNKNOWN;
        reject(failure);
      };
      const send = (resends: 0 | 1, onFailure: OnFailure) => {
        const span = trace?.startUpstream(url, resends);
        const current = new VersionHandler({
          succeed(version, status) {
            finish();
            span?.succeed(version, status);
            // So that the responses of one iteration of the event loop are written together.
            runInBatch(() => resolve({ version, origin: current.origin }));
          },
          fail(error, status, responded) {
            span?.fail(error, status);
            onFailure(error, responded);
          },
        });
        handler = current;
        const headers = { accept: "application/json", "x-request-id": requestId, ...span?.headers };
        if (resends === 0) pool.send(headers, current);
        else pool.sendAlone(headers, current);
      };
      send(0, (error, responded) => {
        if (responded || error instanceof UpstreamError) fail(error);
        else send(1, fail);
      });
      return promise;
    },
    close: () => pool.destroy(),
  };
}
