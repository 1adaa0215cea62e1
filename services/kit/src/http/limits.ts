/** How much time and memory a client may take before its request is complete. Beyond, Node responds 408 or 431 and closes. */
export const HTTP_LIMITS = {
  /** From the opening of the connection, or the first byte of a later request, to the last byte of the headers, in ms. */
  headersTimeout: 15_000,
  /** How often Node looks for requests that exceed `headersTimeout`, in ms. Node's default is 30 s. */
  connectionsCheckingInterval: 1000,
  /** Request line and headers together, in bytes. */
  maxHeaderSize: 16 * 1024,
};

export type HttpLimits = Readonly<typeof HTTP_LIMITS>;
