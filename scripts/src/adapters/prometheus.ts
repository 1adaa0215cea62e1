import { errors } from "undici";
import * as v from "valibot";
import { parsePlainJson, plainLine } from "../domain/plain-text.ts";
import { UserError } from "../lib/errors.ts";
import { requestText, type TextResponse } from "./http-text.ts";

/** How long a query may take, in ms. */
const TIMEOUT_MS = 10_000;

/** A time in seconds and a value, as Prometheus writes it: `[1767225600.1, "0.5"]`. */
const Value = v.tuple([v.number(), v.pipe(v.string(), v.transform(Number))]);
const Series = v.object({ metric: v.record(v.string(), v.string()), value: Value });
/** https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview */
const Response = v.variant("status", [
  v.object({
    status: v.literal("success"),
    data: v.object({ resultType: v.literal("vector"), result: v.array(Series) }),
  }),
  v.object({ status: v.literal("error"), error: v.string() }),
]);

/** A series of the result of a query. */
export interface PromSeries {
  labels: Readonly<Record<string, string>>;
  /** Not a number, if the expression divides by zero. */
  value: number;
}

export interface Prometheus {
  readonly url: string;
  /**
   * Evaluates an expression now.
   * @throws {UserError} if there is no response in time, or none of a Prometheus, or it refuses the expression
   */
  query: (expression: string, signal?: AbortSignal) => Promise<PromSeries[]>;
}

/** The query API below a URL such as `http://localhost:9090`. @param timeoutMs default: 10,000 */
export function openPrometheus(url: string, timeoutMs = TIMEOUT_MS): Prometheus {
  const api = `${url.replace(/\/+$/, "")}/api/v1/query`;
  return {
    url,
    query: async (expression, signal) => {
      const timeout = AbortSignal.timeout(timeoutMs);
      const limits = AbortSignal.any(signal ? [signal, timeout] : [timeout]);
      const query = `${api}?query=${encodeURIComponent(expression)}`;
      const reply = await requestText(query, { signal: limits }).catch((cause: unknown) => {
        // An interruption is no failure of Prometheus.
        signal?.throwIfAborted();
        const reason = timeout.aborted ? `nothing within ${timeoutMs / 1000} s` : reasonOf(cause);
        throw noResponse(url, reason, cause);
      });
      const response = v.safeParse(Response, parseOrNothing(reply.body));
      if (!response.success) throw notPrometheus(url, `${api} returned ${describeReply(reply)}`);
      if (response.output.status === "error")
        throw new UserError(`Prometheus at ${url} refused a query: ${plainLine(response.output.error)}`);
      return response.output.data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value }));
    },
  };
}

/** `status 200, text/html` */
function describeReply({ status, header }: TextResponse): string {
  return `status ${status}, ${plainLine(header("content-type")) || "without a content type"}`;
}

function parseOrNothing(text: string): unknown {
  try {
    return parsePlainJson(text);
  } catch {
    return undefined;
  }
}

/** `connect ECONNREFUSED 127.0.0.1:9090` */
function reasonOf(cause: unknown): string {
  if (cause instanceof errors.ConnectTimeoutError) return "no connection in time";
  // Several addresses of a name have failed, each for its own reason.
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join("; ");
  return cause instanceof Error ? cause.message : String(cause);
}

function noResponse(url: string, reason: string, cause: unknown): UserError {
  return new UserError(
    `Prometheus at ${url} did not respond: ${reason}. Expected its URL in --prometheus, reachable from this machine.`,
    { cause },
  );
}

function notPrometheus(url: string, found: string): UserError {
  return new UserError(
    `Invalid --prometheus ${JSON.stringify(url)}: expected the URL of a Prometheus, but ${found}.`,
  );
}
