import type { Color } from "../domain/color.ts";
import {
  BACKEND_COLOR_HEADER,
  backendColorIn,
  backendIn,
  COLOR_HEADER,
  type ColorHeaders,
} from "../domain/echo.ts";

/** The result of one request. */
export interface WatchedResponse {
  body: string;
  /** HTTP status; 0 without a response. */
  status: number;
  milliseconds: number;
  /** The backend's version in the body, or `no response`. */
  backend: string;
  /** The backend's colour in the headers; undefined without one. */
  color: Color | undefined;
}

/** The format for curl's `--write-out`, after a body, that `parseResponse` reads. */
export const WATCH_FORMAT = String.raw`\t%{http_code}\t%{time_total}\t%header{${COLOR_HEADER}}\t%header{${BACKEND_COLOR_HEADER}}\n`;

/** Reads a body and what curl has written after it. */
export function parseResponse(line: string): WatchedResponse {
  const [body = "", status = "", seconds = "", color = "", backendColor = ""] = line.split("\t");
  return describeResponse(body, Number(status), Number(seconds) * 1000, { color, backendColor });
}

/** A response, with the backend that its body and its headers show. */
export function describeResponse(
  body: string,
  status: number,
  milliseconds: number,
  headers: ColorHeaders,
): WatchedResponse {
  return { body, status, milliseconds, backend: backendIn(body), color: backendColorIn(body, headers) };
}
