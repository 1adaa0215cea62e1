import { constants } from "node:os";
import { execa, ExecaError, type Options } from "execa";
import { UserError } from "../lib/errors.ts";

/** A tool failed. The message names the command, the reason and what the tool wrote to stderr. */
export class CommandError extends UserError {
  override name = "CommandError";
  override readonly exitCode: number;
  /** Whether the command was interrupted, and the tool with it. */
  readonly interrupted: boolean;
  /** Whether the tool is not installed. */
  readonly missing: boolean;
  readonly stderr: string;

  constructor(error: ExecaError, signal?: AbortSignal) {
    const stderr = textOf(error.stderr);
    const interrupted = signal?.aborted === true;
    super(
      [interrupted ? `Interrupted: ${error.command}` : error.shortMessage, stderr].filter(Boolean).join("\n"),
      {
        cause: error,
      },
    );
    this.interrupted = interrupted;
    this.exitCode = interrupted ? 130 : 1;
    this.missing = error.code === "ENOENT";
    this.stderr = stderr;
  }
}

/** Whether an error is a tool's, whose stderr matches `pattern`. Match whole messages: a loose word may mean anything. */
export function failedWith(error: unknown, pattern: RegExp): error is CommandError {
  return error instanceof CommandError && pattern.test(error.stderr);
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output.trim() : "";
}

export interface CommandOptions {
  /** The working directory. Tools in its node_modules/.bin come before those on PATH. */
  cwd?: string;
  /** Text for stdin. Default: an empty stdin. */
  input?: string;
  /** Keeps stdin open until this process ends. */
  openStdin?: boolean;
  /** Terminates the tool by SIGTERM, and by SIGKILL 5 s later. */
  signal?: AbortSignal | undefined;
  /** Never sends SIGKILL. */
  endsInItsOwnTime?: boolean;
  /** Environment variables in addition to those of this process. */
  env?: Readonly<Record<string, string>>;
  /** Runs the tool in its own process group. Ctrl-C does not reach it, so that it finishes what it began. */
  detached?: boolean;
  /** In ms. Default: no limit. */
  timeout?: number;
  /** Called with each line of stdout as it arrives. */
  onLine?: (line: string) => void;
}

/**
 * Runs a tool and returns its stdout, trimmed.
 * @throws {CommandError} if the tool is not installed, fails, or is terminated
 */
export async function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { input, openStdin = false, onLine, env = {} } = options;
  const settings = {
    lines: false,
    preferLocal: true,
    env,
    ...(options.endsInItsOwnTime && { forceKillAfterDelay: false }),
    detached: options.detached ?? false,
    ...(input === undefined ? { stdin: openStdin ? "pipe" : "ignore" } : { input }),
    ...(options.cwd !== undefined && { cwd: options.cwd, localDir: options.cwd }),
    ...(options.signal && { cancelSignal: options.signal }),
    ...(options.timeout !== undefined && { timeout: options.timeout }),
  } satisfies Options;
  try {
    const child = execa(file, args, settings);
    if (onLine) for await (const line of child) onLine(line);
    const { stdout } = await child;
    return stdout.trim();
  } catch (error) {
    if (error instanceof ExecaError) throw new CommandError(error, options.signal);
    throw error;
  }
}

/**
 * Runs a tool on this terminal.
 * @returns its exit code, as a shell reports it: 128 and the signal's number if a signal ended it
 */
export async function runOnTerminal(
  file: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<number> {
  const result = await execa(file, args, {
    stdio: "inherit",
    reject: false,
    ...(signal && { cancelSignal: signal }),
  });
  if (result.exitCode !== undefined) return result.exitCode;
  if (result.signal !== undefined) return 128 + constants.signals[result.signal];
  throw new UserError(`${file} could not be run: ${result.shortMessage}`);
}
