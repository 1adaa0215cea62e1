import * as v from "valibot";
import { integer, milliseconds, oneOf, text } from "./settings.ts";

/** The settings of both services. */
export const commonSettings = {
  /** Port of the echo. 0 takes any free port. Default 8080. */
  PORT: integer(8080, 0, 65_535),
  /** Port of /livez, /readyz and /metrics, different from PORT. 0 takes any free port. Default 9090. */
  ADMIN_PORT: integer(9090, 0, 65_535),
  /** The IP address that both ports listen on. Default all addresses: IPv6 and IPv4, or IPv4 alone if the kernel has no IPv6. */
  LISTEN_ADDRESS: text(v.IP_REGEX, "an IP address"),
  /** The least severe level that is logged. Default info. */
  LOG_LEVEL: oneOf("info", ["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
  /** The colour of this deployment: in the header `x-echo-color`, in each log line and each metric. Default none. */
  COLOR: text(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "lower-case letters, digits and -, 63 at most"),
  /** How long the service keeps serving after SIGTERM, unready, until load balancers have removed it. In ms, default 0. */
  DRAIN_MS: milliseconds(0),
  /** How long requests in flight may take after the drain, before their connections are closed. In ms, default 20,000. */
  SHUTDOWN_TIMEOUT_MS: milliseconds(20_000),
  /** The age from which the next response closes its connection. In ms; 0, the default, never closes one. */
  CONNECTION_MAX_AGE_MS: milliseconds(0),
  /** The most requests handled at the same time; any further request gets 503. Default 2000. */
  MAX_IN_FLIGHT: integer(2000, 1, 1_000_000),
  /** The most open connections to PORT. One more closes the one that has waited for its client longest. Default 2000. */
  MAX_CONNECTIONS: integer(2000, 1, 1_000_000),
};

export type CommonConfig = v.InferOutput<v.ObjectSchema<typeof commonSettings, undefined>>;
