/** The frontend's response body, with its keys in this order. */
export interface Echo {
  /** The version in the upstream response, `none` without an upstream, or `error`. */
  backend: string;
  ec2IP: string;
  hostname: string;
  time: string;
  version: string;
  /** Why the upstream request failed; only with `"backend":"error"`. */
  error?: string;
}
