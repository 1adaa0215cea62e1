import { parseWeights, type Result, sourceOf, type Timing } from "./result.ts";

/** The limit of a request, in ms. */
export const TIMEOUT_MS = 10_000;

/** A finished request: its result, and what the page shows of its body. */
export interface Finished {
  result: Result;
  /** The network failed: nothing listens, or the connection was lost. A timeout is no such failure. */
  networkFailed: boolean;
  body: unknown;
  /** The body as text, or the reason why there is none. */
  raw: string;
}

/** Requests the echo. It never rejects: a failure is a result too. */
export async function request(url: string, timing: Timing): Promise<Finished> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const headers = { accept: "application/json" };
    const response = await fetch(url, { headers, cache: "no-store", signal: abort.signal });
    return finished(response, await response.text(), timing);
  } catch (error) {
    const timedOut = abort.signal.aborted;
    const raw = timedOut ? `no response within ${TIMEOUT_MS / 1000} s` : String(error);
    const result = { source: "unknown", version: "", ok: false, responded: false } as const;
    return {
      result: { ...result, at: performance.now(), timing },
      networkFailed: !timedOut,
      body: undefined,
      raw,
    };
  } finally {
    clearTimeout(timer);
  }
}

function finished({ ok, headers }: Response, raw: string, timing: Timing): Finished {
  const body = parse(raw);
  const version = ok ? field(body, "backend") : "";
  return {
    result: {
      at: performance.now(),
      source: sourceOf(headers.get("x-echo-backend-color"), version),
      version,
      ok: version !== "",
      responded: true,
      weights: parseWeights(headers.get("x-echo-weights")),
      timing,
    },
    networkFailed: false,
    body,
    raw,
  };
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

/** A text field of a response body, or "" if there is none. */
export function field(body: unknown, key: string): string {
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, key) : undefined;
  return typeof value === "string" ? value : "";
}
