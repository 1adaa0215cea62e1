/** Where a response comes from: a colour, another backend, or nowhere known. */
export type Source = "blue" | "green" | "other" | "unknown";

/** The weights behind the stable name, in percent. */
export interface Weights {
  readonly blue: number;
  readonly green: number;
}

/** The result of one request of the page. */
export interface Result {
  /** When it arrived, in ms of `performance.now()`. */
  at: number;
  source: Source;
  /** The backend's version, or `none`; empty after an error. */
  version: string;
  ok: boolean;
  /** Whether an HTTP response arrived. False after a network failure or a timeout. */
  responded: boolean;
  /** The weights at that time, if the response has them. */
  weights?: Weights | undefined;
  timing: Timing;
}

/** How long the server took. The browser reports it a little later than the response. */
export interface Timing {
  /** From the start of the request to the first byte of the response, in ms; undefined until it is known. */
  serverMs?: number;
}

/** The source of a response. Only its header tells the colour: each colour gets new versions. */
export function sourceOf(color: string | null, version: string): Source {
  if (color === "blue" || color === "green") return color;
  return version === "" ? "unknown" : "other";
}

/** Reads the header `x-echo-weights`, such as `blue=75,green=25`. Undefined if it is missing or invalid. */
export function parseWeights(header: string | null): Weights | undefined {
  const [, blue, green] = /^blue=(\d+),green=(\d+)$/.exec(header ?? "") ?? [];
  const weights = { blue: Number(blue), green: Number(green) };
  return weights.blue + weights.green === 100 ? weights : undefined;
}
