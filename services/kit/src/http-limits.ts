/** What a client may take of a server before a request is whole. Node answers 408 and 431 beyond, and closes. */
export const HTTP_LIMITS = {
  /** From the first byte of the headers, or of the connection, to the last of the headers. */
  headersTimeout: 15_000,
  /** How often the former is looked at; Node's own is 30 s. */
  connectionsCheckingInterval: 1000,
  /** Request line and headers together, in bytes. */
  maxHeaderSize: 16 * 1024,
};
