/** So many random hexadecimal digits, 12 at most. */
function randomHex(digits: number): string {
  return Math.floor(Math.random() * 16 ** digits)
    .toString(16)
    .padStart(digits, "0");
}

const PREFIX = `${randomHex(8)}-${randomHex(4)}-8${randomHex(3)}-a${randomHex(3)}-`;
let count = 0;

/**
 * A new UUID (RFC 9562, version 8): random for the process, then a decimal count. It is not a secret, so it needs no
 * node:crypto, which takes long to load: docs/performance.md, request ids.
 */
export function newRequestId(): string {
  return PREFIX + String(count++).padStart(12, "0");
}
