import * as v from "valibot";
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
