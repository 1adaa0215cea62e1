import { setTimeout as pause } from "node:timers/promises";
import { CommandError } from "./command.ts";

/** How long an API server may be away before a command gives up, in ms: longer than its restart takes. */
export const PATIENCE_MS = 60_000;
const PAUSE_MS = 1000;

/** What kubectl and helm say when it is the API server, or the way to it, that failed. */
const UNREACHABLE = [
  "cluster unreachable",
  "connection refused",
  "was refused",
  "connection reset",
  "connection lost",
  "EOF",
  "i/o timeout",
  "TLS handshake timeout",
  "no route to host",
  "ServiceUnavailable",
  "the server is currently unable to handle the request",
];

/** Whether a call failed because the API server did not answer it. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof CommandError && UNREACHABLE.some((words) => error.stderr.includes(words));
}

/** Makes a call again and again while the API server is away. Only for calls that may be made twice. */
export async function patiently<T>(
  call: () => Promise<T>,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<T> {
  const end = performance.now() + patienceMs;
  for (let told = false; ; told = true) {
    try {
      return await call();
    } catch (error) {
      if (!isUnreachable(error) || signal?.aborted || performance.now() >= end) throw error;
      if (!told)
        process.stderr.write(`The API server does not answer; trying for ${patienceMs / 1000} s more …\n`);
      await pause(PAUSE_MS, undefined, { signal });
    }
  }
}
