import type { IncomingHttpHeaders } from "node:http";
import { type Color, colorIn } from "./origin.ts";

/** By this header the route of the stable name sends a request to one colour, whatever the weights are. */
export const PREVIEW_HEADER = "x-echo-preview";

/** The colour that a request previews. Any other text is not passed on. */
export function previewOf(headers: IncomingHttpHeaders): Color | undefined {
  return colorIn(headers[PREVIEW_HEADER]);
}
