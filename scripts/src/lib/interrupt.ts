import { InterruptedError } from "./errors.ts";

/**
 * Aborts when the process is asked to end: Ctrl-C, SIGTERM, or a closed terminal. The command then ends in its own time.
 * pnpm forwards Ctrl-C, so it can arrive twice: repetitions have no effect.
 */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => interrupted.abort(new InterruptedError("Interrupted.")));
  return interrupted.signal;
}
