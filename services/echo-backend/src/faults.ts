import type { ServerResponse } from "node:http";
import * as v from "valibot";
import type { BackendConfig } from "./config.ts";

const MAX_MS = 3_600_000;
const PERCENT = "a number from 0 to 100, in percent";
const MILLISECONDS = `a whole number from 0 to ${MAX_MS}`;

const percent = v.pipe(v.number(PERCENT), v.minValue(0, PERCENT), v.maxValue(100, PERCENT));
const milliseconds = v.pipe(
  v.number(MILLISECONDS),
  v.integer(MILLISECONDS),
  v.minValue(0, MILLISECONDS),
  v.maxValue(MAX_MS, MILLISECONDS),
);

const ALL = "an object with errors, delayMs, jitterMs and hang";

/** The simulated faults of a backend. One that is missing is off. */
export const faultSchema = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), ALL),
  v.strictObject(
    {
      /** Share of requests that fail with 500, in percent. */
      errors: v.optional(percent, 0),
      /** Delay of each response, in ms. */
      delayMs: v.optional(milliseconds, 0),
      /** The most of a further random delay of each response, in ms. */
      jitterMs: v.optional(milliseconds, 0),
      /** Whether requests get no response at all. */
      hang: v.optional(v.boolean("true or false"), false),
    },
    ALL,
  ),
);

export type FaultState = Readonly<v.InferOutput<typeof faultSchema>>;

export type Faults = ReturnType<typeof createFaults>;

/**
 * The faults that a backend simulates: first those of its settings.
 * @param random returns a number from 0 to below 1; a test passes a seeded one
 */
export function createFaults(
  { FAILURE_RATE, DELAY_MS, DELAY_JITTER_MS }: BackendConfig,
  random: () => number = Math.random,
) {
  let state: FaultState = {
    errors: FAILURE_RATE,
    delayMs: DELAY_MS,
    jitterMs: DELAY_JITTER_MS,
    hang: false,
  };
  /** Each ends the wait of one request. */
  const waiting = new Set<() => void>();
  return {
    state: () => state,

    /** Replaces all faults. Requests that wait go on at once. */
    replace(next: FaultState): void {
      state = next;
      for (const end of waiting) end();
    },

    /** Whether this request fails. */
    shouldFail: () => random() * 100 < state.errors,

    /** Calls `done` when a request has waited for as long as the faults ask for, or its client is gone. */
    hold(response: ServerResponse, done: () => void): void {
      const { hang, delayMs, jitterMs } = state;
      const ms = delayMs + random() * jitterMs;
      if ((!hang && ms === 0) || response.destroyed) return done();
      const release = hang ? closeWithClient(response) : undefined;
      const end = () => {
        clearTimeout(timer);
        release?.();
        if (waiting.delete(end)) done();
      };
      const timer = hang ? undefined : setTimeout(end, ms);
      waiting.add(end);
      response.once("close", end);
    },
  };
}

/**
 * Closes the connection of a request when its client sends no more. The client may only have closed its side, but the server
 * cannot tell, and without a response nothing else would ever free the place of a client that is gone.
 * @returns ends that
 */
function closeWithClient({ socket }: ServerResponse): () => void {
  const close = () => socket?.destroy();
  if (socket?.readableEnded) setImmediate(close);
  socket?.once("end", close);
  return () => void socket?.off("end", close);
}
