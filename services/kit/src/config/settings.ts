import * as v from "valibot";

/** The longest duration that a setting accepts: one hour. A longer one is a typo. */
const MAX_MS = 3_600_000;

/** A number, `fallback` when unset. The error message for any other value quotes `allowed`. */
function numeric(fallback: number, pattern: RegExp, min: number, max: number, allowed: string) {
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(pattern, allowed),
      v.transform(Number),
      v.minValue(min, allowed),
      v.maxValue(max, allowed),
      v.description(allowed),
    ),
    String(fallback),
  );
}

/** A whole number from `min` to `max`, `fallback` when unset. */
export function integer(fallback: number, min: number, max: number) {
  return numeric(fallback, /^\d+$/, min, max, `a whole number from ${min} to ${max}`);
}

/** A share in percent, from 0 to 100, fractions allowed. */
export function percent(fallback: number) {
  return numeric(fallback, /^(\d+\.?\d*|\.\d+)$/, 0, 100, "a number from 0 to 100, in percent");
}

/** A duration in whole milliseconds, from `min` (default 0) to one hour. */
export function milliseconds(fallback: number, min = 0) {
  return integer(fallback, min, MAX_MS);
}

/** One of `words`, `fallback` when unset. */
export function oneOf<const T extends readonly [string, ...string[]]>(fallback: T[number], words: T) {
  const allowed = `one of ${words.join(", ")}`;
  return v.optional(v.pipe(v.string(), v.picklist(words, allowed), v.description(allowed)), fallback);
}

/** A text that matches `pattern`, empty when unset. */
export function text(pattern: RegExp, allowed: string) {
  return v.optional(
    v.pipe(
      v.string(),
      v.check((value) => value === "" || pattern.test(value), allowed),
      v.description(allowed),
    ),
    "",
  );
}

/**
 * An http or https URL, or `none` (the default), which becomes undefined. Credentials are rejected, because no client here
 * sends them, and logs and traces would show them.
 */
export function urlOrNone() {
  const allowed = "none, or a URL that begins with http:// or https://, without user and password";
  return v.optional(
    v.pipe(
      v.string(),
      v.check((value) => value === "none" || isHttpUrl(value), allowed),
      v.transform((value) => (value === "none" ? undefined : new URL(value))),
      v.description(allowed),
    ),
    "none",
  );
}

function isHttpUrl(value: string): boolean {
  return /^https?:$/.test(URL.parse(value)?.protocol ?? "") && !hasCredentials(value);
}

/** Whether a text is a URL with a user or password, or may have been meant as one. */
export function hasCredentials(address: string): boolean {
  const url = URL.parse(address);
  return url ? url.username + url.password !== "" : address.includes("@");
}
