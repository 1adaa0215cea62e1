/** How much time and memory a client may take before its request is complete. Beyond, Node responds 408 or 431 and closes. */
export interface HttpLimits {
  /** From the opening of the connection, or the first byte of a later request, to the last byte of the headers, in ms. */
  headersTimeout: number;
  /** How often Node looks for requests that exceed `headersTimeout`, in ms. Node's default is 30 s. */
  connectionsCheckingInterval: number;
  /** Request line and headers together, in bytes. */
  maxHeaderSize: number;
}

/** The limits of both ports. */
export const HTTP_LIMITS: HttpLimits = {
  headersTimeout: 15_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16 * 1024,
};
