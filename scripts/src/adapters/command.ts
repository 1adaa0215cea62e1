import { execa, ExecaError, type Options } from "execa";
import { UserError } from "../errors.ts";

/** A tool that did not do what it was called for: the command, the reason, and what it wrote to stderr. */
export class CommandError extends UserError {
  override name = "CommandError";
  readonly missing: boolean;
  readonly stderr: string;

  constructor(error: ExecaError, signal?: AbortSignal) {
    const stderr = typeof error.stderr === "string" ? error.stderr.trim() : "";
    super([signal?.aborted ? "interrupted" : error.shortMessage, stderr].filter(Boolean).join("\n"), {
      cause: error,
    });
    this.missing = error.code === "ENOENT";
    this.stderr = stderr;
  }
}

export interface CommandOptions {
  /** Text for its stdin; none is inherited. */
  input?: string;
  /** Ends it with SIGTERM. */
  signal?: AbortSignal | undefined;
  /** In ms; none by default. */
  timeout?: number;
  /** Called with each line of stdout as it comes. */
  onLine?: (line: string) => void;
}

/**
 * Runs an outside tool and returns what it wrote to stdout, trimmed.
 * @throws {CommandError} when it cannot be started, fails, or is ended
 */
export async function run(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { input, signal, timeout, onLine } = options;
  const settings = {
    ...(input === undefined ? { stdin: "ignore" } : { input }),
    ...(signal && { cancelSignal: signal }),
    ...(timeout !== undefined && { timeout }),
  } satisfies Options;
  try {
    const child = execa(file, args, settings);
    if (onLine) for await (const line of child) onLine(line);
    const { stdout } = await child;
    return stdout.trim();
  } catch (error) {
    if (error instanceof ExecaError) throw new CommandError(error, signal);
    throw error;
  }
}

/** Runs a tool on this terminal and returns its exit code. */
export async function runOnTerminal(file: string, args: readonly string[]): Promise<number> {
  const result = await execa(file, args, { stdio: "inherit", reject: false });
  if (result.exitCode === undefined) throw new UserError(`${file} could not be run: ${result.shortMessage}`);
  return result.exitCode;
}
