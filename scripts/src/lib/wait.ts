import { setTimeout } from "node:timers/promises";

/** Waits for some ms. @throws the reason of `signal`, if that aborts first */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => signal?.throwIfAborted());
}

export interface WaitOptions {
  timeoutMs: number;
  /** Pause between two checks. Default: 250. */
  intervalMs?: number;
  signal?: AbortSignal | undefined;
}

/** A condition did not come true in time. The caller decides what that means to the user. */
export class TimeoutError extends Error {
  override name = "TimeoutError";
}

/**
 * Repeats `check` until it returns a value.
 * @returns that value
 * @throws {TimeoutError} if `check` still returns undefined after `timeoutMs`
 * @throws the reason of `signal`, if that aborts first
 */
export async function waitFor<T>(
  check: () => Promise<T | undefined>,
  { timeoutMs, intervalMs = 250, signal }: WaitOptions,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const value = await check();
    if (value !== undefined) return value;
    if (performance.now() > end)
      throw new TimeoutError(`The condition is not met after ${timeoutMs / 1000} s.`);
    await pause(intervalMs, signal);
  }
}
