/**
 * How much time and memory a client may take. Beyond, the service responds 408 or 431, or closes the connection.
 * A time is checked every `connectionsCheckingInterval`.
 */
export const HTTP_LIMITS = {
  /** From the opening of the connection, or the first byte of a later request, to the last byte of the headers, in ms. */
  headersTimeout: 15_000,
  /** Time between two checks of all connections, in ms. Node's default is 30 s. */
  connectionsCheckingInterval: 1000,
  /** Request line and headers together, in bytes. */
  maxHeaderSize: 16 * 1024,
  /** A body must bring `minBodyBytes` in each such period, in ms. */
  bodyPeriod: 10_000,
  /** 500 bytes per second, as in Apache's mod_reqtimeout. */
  minBodyBytes: 5000,
  /** A response that no part of is accepted by the client for so long closes its connection, in ms. */
  unreadTimeout: 15_000,
  /**
   * A connection without a request or response for so long is closed, in ms. It is longer than the idle timeout of load
   * balancers (60 s for an ALB), so that they close idle connections first.
   */
  idleTimeout: 72_000,
  /** Memory that all pipelined requests together may take while they wait for their turn, in bytes. */
  maxWaitingBytes: 16 * 1024 * 1024,
};

export type HttpLimits = Readonly<typeof HTTP_LIMITS>;
