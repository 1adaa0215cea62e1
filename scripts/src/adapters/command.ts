import { constants } from "node:os";
import { execa, ExecaError, type Options } from "execa";
import * as v from "valibot";
import { parsePlainJson, plainText } from "../domain/plain-text.ts";
import { UserError } from "../lib/errors.ts";

/** A tool failed. The message names the command, the reason and what the tool wrote to stderr. */
export class CommandError extends UserError {
  override name = "CommandError";
  override readonly exitCode: number;
  /** Whether the command was interrupted, and the tool with it. */
  readonly interrupted: boolean;
  /** Whether the tool is not installed, or not for this user. */
  readonly missing: boolean;
  readonly stderr: string;

  constructor(cause: ExecaError, interrupted: boolean) {
    const stderr = typeof cause.stderr === "string" ? plainText(cause.stderr).trim() : "";
    const reason = plainText(interrupted ? `Interrupted: ${cause.command}` : cause.shortMessage);
    super([reason, stderr].filter(Boolean).join("\n"), { cause });
    this.interrupted = interrupted;
    this.exitCode = interrupted ? 130 : 1;
    // The search of PATH reports EACCES if it found no tool, and one of the folders is not readable for this user.
    this.missing = cause.code === "ENOENT" || cause.code === "EACCES";
    this.stderr = stderr;
  }
}

/** Whether an error is a tool's, whose stderr matches `pattern`. Match whole messages: a loose word may mean anything. */
export function failedWith(error: unknown, pattern: RegExp): error is CommandError {
  return error instanceof CommandError && pattern.test(error.stderr);
}

/** The result of a call to a tool; undefined if the tool fails with a message that matches `pattern`. */
export function unlessFailedWith<T>(pattern: RegExp, call: Promise<T>): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    if (failedWith(error, pattern)) return undefined;
    throw error;
  });
}

type ExecaOption = "cwd" | "detached" | "env" | "extendEnv" | "forceKillAfterDelay" | "input" | "timeout";

/**
 * Options of execa, and our own. Tools in node_modules/.bin of `cwd` come before those on PATH. A `detached` tool has
 * its own process group: Ctrl-C does not reach it, so that it finishes what it began.
 */
export interface CommandOptions extends Pick<Options, ExecaOption> {
  /** `pipe` keeps stdin open until this process ends. Default: `input`, or an empty stdin. */
  stdin?: "pipe";
  /** Terminates the tool by SIGTERM, and by SIGKILL 5 s later. */
  signal?: AbortSignal | undefined;
  /** Called with each line of stdout as it arrives. */
  onLine?: (line: string) => void;
}

/**
 * Runs a tool and returns its stdout, trimmed. Its output is text from outside: control characters are removed.
 * @throws {CommandError} if the tool is not installed, fails, or is terminated
 */
export async function run(file: string, args: readonly string[], options: CommandOptions = {}) {
  const { signal, onLine, ...rest } = options;
  try {
    const child = execa(file, args, {
      preferLocal: true,
      ...(rest.input === undefined && { stdin: "ignore" }),
      ...(signal && { cancelSignal: signal }),
      ...rest,
    });
    if (onLine) for await (const line of child) onLine(plainText(line));
    return plainText((await child).stdout).trim();
  } catch (error) {
    if (error instanceof ExecaError) throw new CommandError(error, signal?.aborted === true);
    throw error;
  }
}

/**
 * Runs a tool on this terminal.
 * @returns its exit code, as a shell reports it: 128 and the signal's number if a signal ended it
 */
export async function runOnTerminal(file: string, args: readonly string[], signal?: AbortSignal) {
  const cancel = signal && { cancelSignal: signal };
  const result = await execa(file, args, { stdio: "inherit", reject: false, ...cancel });
  if (result.exitCode !== undefined) return result.exitCode;
  if (result.signal !== undefined) return 128 + constants.signals[result.signal];
  throw new UserError(`${file} could not be run: ${result.shortMessage}`);
}

/** Reads the JSON output of a tool with a schema of what we need. @throws {UserError} that names the tool */
export function parseJson<const S extends v.GenericSchema>(tool: string, schema: S, text: string) {
  try {
    return v.parse(schema, parsePlainJson(text));
  } catch (cause) {
    throw new UserError(`Unexpected output of ${tool}: ${plainText(text.slice(0, 200))}`, { cause });
  }
}
