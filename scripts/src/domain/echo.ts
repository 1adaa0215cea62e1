import * as v from "valibot";
import { type Color, isColor } from "./color.ts";
import { plainLine } from "./plain-text.ts";

const Version = v.pipe(v.string(), v.transform(plainLine));
const Echo = v.pipe(v.string(), v.parseJson(), v.object({ backend: v.optional(Version), version: Version }));

/** The version of the service that sent this response body; undefined if it is not an echo. */
export function versionIn(body: string | undefined): string | undefined {
  const echo = v.safeParse(Echo, body);
  return echo.success ? echo.output.version : undefined;
}

/** The backend's version in a response body: what a frontend passes on, or what a backend says of itself. */
export function backendIn(body: string): string {
  const echo = v.safeParse(Echo, body);
  return echo.success ? (echo.output.backend ?? echo.output.version) : "no response";
}

/** The header with the colour of the service that responds. */
export const COLOR_HEADER = "x-echo-color";
/** The header with the colour of a frontend's backend. */
export const BACKEND_COLOR_HEADER = "x-echo-backend-color";

/** The headers of a response that show a colour, each empty if it is missing. */
export interface ColorHeaders {
  color: string;
  backendColor: string;
}

/** @param header returns a header by its name; an empty text without it */
export function colorHeaders(header: (name: string) => string): ColorHeaders {
  return { color: header(COLOR_HEADER), backendColor: header(BACKEND_COLOR_HEADER) };
}

/** The backend's colour in a response, through a frontend or not; undefined if the response does not show it. */
export function backendColorIn(body: string, { color, backendColor }: ColorHeaders): Color | undefined {
  const echo = v.safeParse(Echo, body);
  // A frontend's own colour is not its backend's.
  const shown = echo.success && echo.output.backend === undefined ? color : backendColor;
  return isColor(shown) ? shown : undefined;
}
