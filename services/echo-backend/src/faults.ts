import type { BackendConfig } from "./config.ts";

/** The simulated faults of a backend. `random` returns a number from 0 to below 1; a test passes a seeded one. */
export function createFaults(
  { FAILURE_RATE, DELAY_MS, DELAY_JITTER_MS }: BackendConfig,
  random: () => number = Math.random,
) {
  return {
    /** Whether this request fails. */
    shouldFail: () => random() * 100 < FAILURE_RATE,
    /** How long this request is delayed, in ms. */
    delayMs: () => DELAY_MS + random() * DELAY_JITTER_MS,
    hasDelay: DELAY_MS + DELAY_JITTER_MS > 0,
  };
}
