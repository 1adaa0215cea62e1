import { pause } from "../lib/wait.ts";
import { type CommandOptions, failedWith, run } from "./command.ts";

/** How long a command waits for an API server that is away, in ms: longer than an API server's restart. */
const RETRY_MS = 60_000;
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
    // helm, in one or more lines, but not the report of a webhook that the API server could not reach
    `^Error: (?![^]*failed calling webhook)[^]*(?:Get|Post|Put|Patch|Delete) "[^"]+": (?:.*[: ])?(?:${CAUSES})(?:$|;)`,
    "^Error: [^]*: the server is currently unable to handle the request",
  ].join("|"),
  "m",
);

/** Whether a call failed because the API server did not respond. */
export function isUnreachable(error: unknown): boolean {
  return failedWith(error, UNREACHABLE);
}

/** Tells the user why nothing happens. */
export function reportUnreachable(retryMs = RETRY_MS): void {
  process.stderr.write(`The API server does not respond. Retrying for ${retryMs / 1000} s …\n`);
}

/** What helm and kubectl have in common. */
export interface ClientOptions {
  /** Default: the current context of the kubeconfig. */
  context?: string | undefined;
  /** How long calls are retried while the API server is away, in ms. 0: no retry. Default: a minute. */
  retryMs?: number;
  /** Terminates each call that has no signal of its own. Default: calls go on after an interruption. */
  signal?: AbortSignal | undefined;
}

/** The calls of a tool that speaks to an API server. `global` comes before the arguments of each call. */
export function createClient(file: string, global: readonly string[], client: ClientOptions) {
  const { retryMs = RETRY_MS, signal } = client;
  const once = (args: readonly string[], options: CommandOptions = {}) =>
    run(file, [...global, ...args], { signal, ...options });

  /** Retries a call while the API server is away. Only for calls that may run twice. */
  const withRetries = async (args: readonly string[], options: CommandOptions = {}): Promise<string> => {
    const end = performance.now() + retryMs;
    for (let reported = false; ; reported = true) {
      try {
        return await once(args, options);
      } catch (error) {
        if (!isUnreachable(error) || performance.now() >= end) throw error;
        if (!reported) reportUnreachable(retryMs);
        await pause(PAUSE_MS, options.signal ?? signal);
      }
    }
  };
  return { once, withRetries };
}
