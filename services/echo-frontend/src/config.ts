import { commonSettings, integer, milliseconds, oneOf, text, urlOrNone } from "@echo/kit";
import * as v from "valibot";

/** The settings of the frontend: the common ones, its upstream, and what it says about its node. */
export const frontendSettings = {
  ...commonSettings,
  /** The URL that is asked for its `version`, once for each request. */
  BACKEND: urlOrNone(),
  /** Wall-clock limit of one question to the backend: connection, answer, body and the retry together. */
  BACKEND_TIMEOUT_MS: milliseconds(2000, 1),
  /** From which age on a connection to the backend is replaced, so that a switch behind its name is followed. */
  BACKEND_CONNECTION_MAX_AGE_MS: milliseconds(5000, 1),
  /** The node's address, answered as `ec2IP`. The chart takes it from `status.hostIP`. */
  NODE_IP: text(v.IP_REGEX, "an IP address"),
  /** Where to ask for the node's address when NODE_IP is not set: an EC2 metadata service (v2). */
  EC2_METADATA_URL: urlOrNone(),
  /** `off` answers JSON to browsers too, where `on` gives them the live page. */
  UI: oneOf("on", ["on", "off"]),
  /** Square roots computed for each request, for an autoscaler to see. */
  WORK_ITERATIONS: integer(0, 0, 1_000_000_000),
};

export const frontendSchema = v.object(frontendSettings);

export type FrontendConfig = Readonly<v.InferOutput<typeof frontendSchema>>;
