import { waitFor } from "../../src/lib/wait.ts";

/**
 * Ends a step that hangs, in ms. A slow machine does not reach it: no single step takes a tenth of it. The tests assert
 * outcomes, and a test of many steps has as many of these limits.
 */
export const HANG_MS = 600_000;

/** For `expect.poll`. */
export const POLL = { timeout: HANG_MS, interval: 500 };

/**
 * Polls `check` until it returns a value.
 * @param expected what `check` waits for; a function can add the last state to it
 * @throws {Error} with `expected` after HANG_MS
 */
export async function eventually<T>(
  expected: string | (() => string),
  check: () => Promise<T | undefined>,
  { intervalMs = 250, signal }: { intervalMs?: number; signal?: AbortSignal } = {},
): Promise<T> {
  const value = await waitFor(check, { timeoutMs: HANG_MS, intervalMs, signal });
  if (value !== undefined) return value;
  const text = typeof expected === "string" ? expected : expected();
  throw new Error(`Timed out after ${HANG_MS / 1000} s: expected ${text}.`);
}
