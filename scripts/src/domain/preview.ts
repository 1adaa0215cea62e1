import { type Color, isColor } from "./color.ts";

/** By this header the stable name sends a request to one colour, whatever the weights are. Frontends pass it on. */
export const PREVIEW_HEADER = "x-echo-preview";

/** The header of a preview, as curl takes it. */
export function previewHeader(color: Color): string {
  return `${PREVIEW_HEADER}: ${color}`;
}

/** The colour that a request previews. Any other text counts as no preview, as in the route. */
export function previewOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Color | undefined {
  const { [PREVIEW_HEADER]: color } = headers;
  return typeof color === "string" && isColor(color) ? color : undefined;
}
