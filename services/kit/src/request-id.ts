import type { IncomingMessage } from "node:http";
import { THREE_DIGITS } from "./three-digits.ts";

/** What is taken for an id: nothing that would have to be escaped in a log line or a header. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The caller's `x-request-id`, where it is a sane one, so that a request can be followed through both services. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && REQUEST_ID.test(given) ? given : newId();
}

/** So many random hexadecimal digits, 12 at most. */
function randomHex(digits: number): string {
  return Math.floor(Math.random() * 16 ** digits)
    .toString(16)
    .padStart(digits, "0");
}

const idPrefix = `${randomHex(8)}-${randomHex(4)}-8${randomHex(3)}-a${randomHex(3)}`;
let ids = 0;
let idStart = "";

/**
 * A UUID of our own making (RFC 9562, version 8): random for the process, then a decimal count. It is no secret, and to
 * load node:crypto for a random one takes 4 ms of the start.
 */
function newId(): string {
  const last = ids % 1000;
  if (last === 0) idStart = `${idPrefix}-${String(ids / 1000).padStart(9, "0")}`;
  ids++;
  return idStart + (THREE_DIGITS[last] ?? "");
}
