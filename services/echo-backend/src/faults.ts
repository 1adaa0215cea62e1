import type { BackendConfig } from "./config.ts";

/** The faults of one backend, drawn from `random` (0 to below 1), which a test seeds. */
export function faults(
  { FAILURE_RATE, DELAY_MS, DELAY_JITTER_MS }: BackendConfig,
  random: () => number = Math.random,
) {
  return {
    /** Whether this request shall fail. */
    fails: () => random() * 100 < FAILURE_RATE,
    /** How long this request shall wait, in ms. */
    delay: () => DELAY_MS + random() * DELAY_JITTER_MS,
    everDelays: DELAY_MS + DELAY_JITTER_MS > 0,
  };
}
