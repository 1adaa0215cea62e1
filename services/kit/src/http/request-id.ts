import type { IncomingMessage } from "node:http";
import { newRequestId } from "../hot-path/request-id.ts";

/** A valid id needs no escaping in a log line or a header. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The client's `x-request-id` if it is valid, so that both services log a request by the same id; else a new one. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && REQUEST_ID.test(given) ? given : newRequestId();
}
