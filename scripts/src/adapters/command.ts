import { execa, ExecaError, type Options } from "execa";
import { UserError } from "../errors.ts";

/** A tool that did not do what it was called for: the command, the reason, and what it wrote to stderr. */
export class CommandError extends UserError {
  override name = "CommandError";
  readonly missing: boolean;
  readonly stderr: string;

  constructor(error: ExecaError, signal?: AbortSignal) {
    const stderr = textOf(error.stderr);
    const reason = signal?.aborted ? "interrupted" : error.shortMessage;
    super([reason, stderr].filter(Boolean).join("\n"), { cause: error });
    this.missing = error.code === "ENOENT";
    this.stderr = stderr;
  }
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output.trim() : "";
}

export interface CommandOptions {
  /** Where it runs, and whose node_modules/.bin is looked into first. */
  cwd?: string;
  /** Text for its stdin; without, it has none. */
  input?: string;
  /** Gives it a stdin that stays open, and closes when this process goes away. */
  openStdin?: boolean;
  /** Ends it with SIGTERM. */
  signal?: AbortSignal | undefined;
  /** Lets it take its time to end then; without, it is killed after 5 s. */
  endsInItsOwnTime?: boolean;
  /** More environment variables, over those of this process. */
  env?: Readonly<Record<string, string>>;
  /** Gives it a process group of its own, so that Ctrl-C does not reach it: it always ends what it began. */
  detached?: boolean;
  /** In ms; none by default. */
  timeout?: number;
  /** Called with each line of stdout as it comes. */
  onLine?: (line: string) => void;
}

/**
 * Runs an outside tool and returns what it wrote to stdout, trimmed.
 * @throws {CommandError} when it cannot be started, fails, or is ended
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

/** Runs a tool on this terminal and returns its exit code. */
export async function runOnTerminal(file: string, args: readonly string[]): Promise<number> {
  const result = await execa(file, args, { stdio: "inherit", reject: false });
  if (result.exitCode === undefined) throw new UserError(`${file} could not be run: ${result.shortMessage}`);
  return result.exitCode;
}
