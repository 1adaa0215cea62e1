import { type RequestTrace, runInBatch } from "@echo/kit";
import { Client, type Dispatcher, Pool } from "undici";
import { AgingPool } from "./aging-pool.ts";
import {
  UpstreamConnectionError,
  UpstreamError,
  UpstreamOverloadError,
  UpstreamTimeoutError,
} from "./errors.ts";
import { type Color, type Origin, UNKNOWN } from "./origin.ts";
import { PREVIEW_HEADER } from "./preview.ts";
import { VersionHandler } from "./version-handler.ts";

/** Further requests wait for a connection, within their timeout. A pool that is being replaced may have as many. */
const MAX_CONNECTIONS = 256;
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
  /**
   * Requests the backend's current version.
   * @param preview the colour that shall respond, whatever the weights are
   * @throws {UpstreamError} with the origin of the failed response
   */
  fetchVersion(requestId: string, trace?: RequestTrace, preview?: Color): Promise<BackendVersion>;
  close(): Promise<void>;
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
  const options = {
    // Only the timer below limits a request, because undici's own timeouts are less precise.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect: { timeout: timeoutMs },
  };
  const pool = new AgingPool(
    () => new Pool(url.origin, { ...options, connections: MAX_CONNECTIONS }),
    connectionMaxAgeMs,
  );
  const request = { method: "GET", path: url.pathname + url.search } as const;
  let pending = 0;

  return {
    fetchVersion(requestId, trace, preview) {
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
      const send = (dispatcher: Dispatcher, resends: number, onFailure: OnFailure) => {
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
        const headers = {
          accept: "application/json",
          "x-request-id": requestId,
          ...(preview && { [PREVIEW_HEADER]: preview }),
          ...span?.headers,
        };
        dispatcher.dispatch({ ...request, headers }, current);
      };
      send(pool.current(), 0, (error, responded) => {
        if (responded || error instanceof UpstreamError) return fail(error);
        const client = new Client(url.origin, options);
        send(client, 1, fail);
        // Closes after the response.
        void client.close();
      });
      return promise;
    },
    close: () => pool.destroy(),
  };
}
