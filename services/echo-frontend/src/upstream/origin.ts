import type { IncomingHttpHeaders } from "node:http";

export type Color = "blue" | "green";

/** The colour in a header from outside; undefined if it is another text. */
export function colorIn(header: unknown): Color | undefined {
  return header === "blue" || header === "green" ? header : undefined;
}

/** What the headers of a backend's response say about its origin. They come from outside, so only known values pass. */
export interface Origin {
  /** The colour that responded, from `x-echo-color`. */
  readonly color: Color | undefined;
  /** The weights behind the stable name, such as `blue=75,green=25`, from `x-echo-weights`. Only `pnpm dev` sends them. */
  readonly weights: string | undefined;
}

/** The origin if no response has arrived. */
export const UNKNOWN: Origin = { color: undefined, weights: undefined };

const WEIGHTS = /^blue=\d{1,3},green=\d{1,3}$/;

export function originOf(headers: IncomingHttpHeaders): Origin {
  const { "x-echo-color": color, "x-echo-weights": weights } = headers;
  return {
    color: colorIn(color),
    weights: typeof weights === "string" && WEIGHTS.test(weights) ? weights : undefined,
  };
}
