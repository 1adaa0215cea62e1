import type { Jumpbox } from "../../adapters/jumpbox.ts";
import { BACKEND_COLOR_HEADER } from "../../domain/echo.ts";
import { CURL_FORMAT, CURL_PARALLEL, parseSample, type Sampler } from "../../domain/sample.ts";
import { backendColor, type VersionColors } from "./version-colors.ts";

/** Each has one request at a time: more would measure their wait for each other. */
const PARALLEL = 4;
const REQUEST_TIMEOUT_SECONDS = 2;
/** Ends the samples of a service that hangs. */
const BATCH_SECONDS = 10;

/**
 * Runs as bash in the jumpbox. curl sends the requests in groups, and a group is never cut off: what is cut off would be the
 * slow requests. A curl with a failed request fails, but that request is a sample too.
 */
const LOOP = `count=$0 limit=$1 url=$2
for ((sent = 0; sent < count && SECONDS < limit; sent += group)); do
  group=$((count - sent < 20 ? count - sent : 20))
  curl -s "\${@:3}" "$url/?[1-$group]" || :
done`;

/** Samples a URL over 4 connections at a time. @param host the Host header, if it is not the URL's own */
export function sampleColors(jumpbox: Jumpbox, url: string, host?: string): Sampler {
  const hostHeader = host === undefined ? [] : ["-H", `Host: ${host}`];
  const curl = [
    ...[...CURL_PARALLEL, "--parallel-max", String(PARALLEL), "--max-time", String(REQUEST_TIMEOUT_SECONDS)],
    ...[...hostHeader, "-o", "/dev/null", "-w", CURL_FORMAT],
  ];
  return async (count, signal) => {
    const output = await repeat(jumpbox, count, url, curl, signal);
    return output === "" ? [] : output.split("\n").map(parseSample);
  };
}

/** Samples a frontend for the colours of its backend. */
export function sampleFrontend(jumpbox: Jumpbox, url: string, colors: VersionColors): Sampler {
  const format = `%{http_code} %{time_total} %header{${BACKEND_COLOR_HEADER}} %{errormsg}\n`;
  const curl = ["--max-time", "5", "-H", "Connection: close", "-w", format];
  return async (count, signal) => {
    const output = await repeat(jumpbox, count, url, curl, signal);
    // Each response is its body, which ends with a new line, and curl's line.
    return Array.from(
      output.matchAll(/^(?:(\{.*\})\n)?(\d{3}) (\S+) ?(\S*) ?(.*)$/gm),
      ([, body = "", status, seconds, color = "", reason = ""]) => ({
        status: Number(status),
        milliseconds: Number(seconds) * 1000,
        color: backendColor(color, body, colors),
        reason: reason || undefined,
      }),
    );
  };
}

function repeat(
  jumpbox: Jumpbox,
  count: number,
  url: string,
  curl: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const loop = ["bash", "-c", LOOP, String(count), String(BATCH_SECONDS), url, ...curl];
  return jumpbox.exec(loop, { signal });
}
