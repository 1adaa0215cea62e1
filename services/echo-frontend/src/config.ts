import { commonSettings, integer, milliseconds, oneOf, text, urlOrNone } from "@echo/kit";
import * as v from "valibot";

/** The settings of the frontend: the common ones, its upstream, its node and its page. */
export const frontendSettings = {
  ...commonSettings,
  /** The URL of the upstream, which is requested once per request for its `version`. Default none. */
  BACKEND: urlOrNone(),
  /** Limit of an upstream request: connection, response, body and retry together. In ms, default 2000. */
  BACKEND_TIMEOUT_MS: milliseconds(2000, 1),
  /** The age from which an upstream connection is replaced, so that it follows a traffic switch. In ms, default 5000. */
  BACKEND_CONNECTION_MAX_AGE_MS: milliseconds(5000, 1),
  /** The node's IP address, for `ec2IP` in the response. The chart sets it from `status.hostIP`. Default none. */
  NODE_IP: text(v.IP_REGEX, "an IP address"),
  /** The URL of an EC2 metadata service (v2), for the node's address if NODE_IP is not set. Default none. */
  EC2_METADATA_URL: urlOrNone(),
  /** `on`, the default, sends browsers the live page; `off` sends them JSON too. */
  UI: oneOf("on", ["on", "off"]),
  /** Square roots to compute per request, as CPU load for an autoscaler. Default 0. */
  WORK_ITERATIONS: integer(0, 0, 1_000_000_000),
};

export const frontendSchema = v.object(frontendSettings);

export type FrontendConfig = Readonly<v.InferOutput<typeof frontendSchema>>;
