import { expect, test } from "vitest";
import { newRequestId } from "../../src/hot-path/request-id.ts";
import { newRequestId as libraryRequestId } from "./library/request-id.ts";

/** The length and the position of the hyphens, the version and the variant (RFC 9562). */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[48][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

test.each([
  ["ours", newRequestId],
  ["the library's", libraryRequestId],
])("%s are unique UUIDs", (_whose, newId) => {
  const ids = Array.from({ length: 5000 }, newId);
  expect(ids.filter((id) => !UUID.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});
