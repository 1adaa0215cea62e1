import { pause } from "../lib/wait.ts";
import { failedWith } from "./command.ts";

/** How long a command waits for an API server that is away, in ms: longer than an API server's restart. */
export const PATIENCE_MS = 60_000;
const PAUSE_MS = 1000;

/** How Go describes a connection that failed. */
const CAUSES = [
  "connect: connection refused",
  "connect: no route to host",
  "connection reset by peer",
  "client connection lost",
  "i/o timeout",
  "TLS handshake timeout",
  "EOF",
].join("|");

const UNREACHABLE = new RegExp(
  [
    // kubectl
    String.raw`^The connection to the server \S+ was refused`,
    String.raw`^Error from server \(ServiceUnavailable\): `,
    `^(?:error|Unable to connect to the server): (?:.*[: ])?(?:${CAUSES})(?:$|;)`,
    // helm, but not the report of a webhook that the API server could not reach
    `^Error: (?!.*failed calling webhook).*(?:Get|Post|Put|Patch|Delete) "[^"]+": (?:.*[: ])?(?:${CAUSES})(?:$|;)`,
    "^Error: .*: the server is currently unable to handle the request",
  ].join("|"),
  "m",
);

/** Whether a call failed because the API server did not respond. */
export function isUnreachable(error: unknown): boolean {
  return failedWith(error, UNREACHABLE);
}

/** Retries a call while the API server is away. Only for calls that may run twice. */
export async function patiently<T>(
  call: () => Promise<T>,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<T> {
  const end = performance.now() + patienceMs;
  for (let reported = false; ; reported = true) {
    try {
      return await call();
    } catch (error) {
      if (!isUnreachable(error) || performance.now() >= end) throw error;
      if (!reported)
        process.stderr.write(`The API server does not answer. Retrying for ${patienceMs / 1000} s …\n`);
      await pause(PAUSE_MS, signal);
    }
  }
}
