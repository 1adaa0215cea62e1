import { type Color, isColor } from "./color.ts";
import { COLOR_HEADER } from "./echo.ts";

/** The result of one request to a stable name. */
export interface Sample {
  /** HTTP status; 0 without a response. */
  status: number;
  /** From the connection attempt, or from the send on an open connection, to the end of the response. */
  milliseconds: number;
  /** The colour in the response's `x-echo-color`; undefined without this header. */
  color: Color | undefined;
  /** Why there is no response: the error message of curl. Undefined if curl did not send the request. */
  reason?: string | undefined;
}

/**
 * Sends requests to a stable name, a few at a time, and measures each from its own start.
 * @returns a sample of each, in any order: `count`, or fewer if the service is so slow that they would take too long
 */
export type Sampler = (count: number, signal?: AbortSignal) => Promise<Sample[]>;

/**
 * Options of curl for requests in parallel, each on its own connection. By default curl waits for the first connection's
 * response, in case it could carry the other requests too, and counts that wait as their duration.
 */
export const CURL_PARALLEL = ["-Z", "--parallel-immediate", "--http1.1", "-H", "Connection: close"];

/** The format for curl's `--write-out` that `parseSample` reads. */
export const CURL_FORMAT = `%{http_code} %{time_namelookup} %{time_total} %header{${COLOR_HEADER}} %{errormsg}\n`;

export function parseSample(line: string): Sample {
  const [status, resolved, total, color = "", ...reason] = line.split(" ");
  return {
    status: Number(status),
    milliseconds: (Number(total) - Number(resolved)) * 1000,
    color: isColor(color) ? color : undefined,
    reason: reason.join(" ") || undefined,
  };
}

/** No response, or a 5xx. A 4xx is the client's fault. */
export function isError({ status }: Sample): boolean {
  return status < 200 || status >= 500;
}

/** The number of samples from one colour. */
export function countOf(samples: readonly Sample[], color: Color): number {
  return samples.filter((sample) => sample.color === color).length;
}

/** `green 24.8 % of 1000 requests`, followed by the number of failures, if any, and how the first one failed. */
export function describeShare(samples: readonly Sample[], color: Color): string {
  const share = samples.length === 0 ? 0 : (countOf(samples, color) / samples.length) * 100;
  const observed = `${color} ${share.toFixed(1)} % of ${samples.length} requests`;
  const failures = samples.filter(isError);
  const [first] = failures;
  return first ? `${observed}, ${failures.length} failed (the first: ${describeFailure(first)})` : observed;
}

/** `status 503`, or why there is no response. */
export function describeFailure({ status, reason }: Sample): string {
  return status === 0 ? `no response${reason === undefined ? "" : `, ${reason}`}` : `status ${status}`;
}
