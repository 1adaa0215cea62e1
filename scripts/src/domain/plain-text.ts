/**
 * C0, DEL and C1 without tab and line feed, Unicode's other line breaks, and its marks that reorder text
 * (https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters).
 */
const CONTROL =
  // oxlint-disable-next-line no-control-regex -- these are the characters to remove
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text from outside (a tool, a service, a cluster) without the characters that control a terminal. It keeps its tabs and line
 * feeds. Apply it where the text comes in.
 */
export function plainText(text: string): string {
  return text.replace(CONTROL, "");
}

/** Like `plainText`, for text that must not start a line of its own: tabs and line feeds become spaces. */
export function plainLine(text: string): string {
  return plainText(text).replace(/[\t\n]+/g, " ");
}

/** Parses JSON from outside. JSON can escape control characters, so each of its strings becomes plain text. */
export function parsePlainJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => (typeof value === "string" ? plainText(value) : value));
}
