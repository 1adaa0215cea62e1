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

/**
 * Repeats `check` until it returns a value.
 * @returns that value; undefined after `timeoutMs`, and the caller decides what that means to the user
 * @throws the reason of `signal`, if that aborts first
 */
export async function waitFor<T>(
  check: () => Promise<T | undefined>,
  { timeoutMs, intervalMs = 250, signal }: WaitOptions,
): Promise<T | undefined> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const value = await check();
    if (value !== undefined || performance.now() > end) return value;
    await pause(intervalMs, signal);
  }
}
