/**
 * Aborts when this process is asked to end: by Ctrl-C, by SIGTERM, or because its terminal was closed. It then ends
 * in its own time. pnpm passes Ctrl-C on, so it may come twice: any further one changes nothing.
 */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => interrupted.abort());
  return interrupted.signal;
}
