import { BACKEND_COLOR_HEADER, COLOR_HEADER, type ColorHeaders } from "../domain/echo.ts";

/** A response to curl. */
export interface CurlResponse extends ColorHeaders {
  /** HTTP status; 0 without a response. */
  status: number;
  /** Trimmed; empty without a response. */
  body: string;
  /** Whether the service closes the connection after it. */
  closes: boolean;
}

/** For curl's `--write-out`, after the body of each response. The status comes last, because it is never empty. */
export const WRITE_OUT = String.raw`\n== %header{${COLOR_HEADER}}\t%header{${BACKEND_COLOR_HEADER}}\t%header{connection}\t%{http_code}\n`;
const RESPONSE = /([^]*?)^== ([^\t\n]*)\t([^\t\n]*)\t([^\t\n]*)\t(\d{3})$/gm;

/** Reads what curl has written for each of its URLs. */
export function parseResponses(output: string): CurlResponse[] {
  return Array.from(
    output.matchAll(RESPONSE),
    ([, body = "", color = "", backendColor = "", connection = "", status]) => ({
      status: Number(status),
      body: body.trim(),
      color,
      backendColor,
      closes: connection.toLowerCase().includes("close"),
    }),
  );
}
