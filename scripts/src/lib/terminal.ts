import { createInterface } from "node:readline/promises";
import type { Context } from "./context.ts";
import { InterruptedError, UserError } from "./errors.ts";

/**
 * Asks the user to confirm a risky step, unless `yes` (the option `--yes`) does.
 * @throws {UserError} if the step is not confirmed
 */
export async function confirm(
  step: string,
  yes: boolean,
  { interactive, signal }: Pick<Context, "interactive" | "signal">,
): Promise<void> {
  if (yes) return;
  if (!interactive) throw new UserError(`${step}\nNot confirmed. Use --yes to skip the prompt.`);
  if (!/^y(es)?$/i.test((await prompt(`${step}\nContinue? [y/N] `, signal)).trim()))
    throw new UserError("Not confirmed: this step was not done.");
}

async function prompt(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question, { signal });
  } catch (cause) {
    // Ctrl-C, Ctrl-D and SIGTERM all end the prompt with an error.
    throw new InterruptedError("\nInterrupted: this step was not done.", { cause });
  } finally {
    terminal.close();
  }
}

/** Prints a line to stdout. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Aligns the columns of a table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** `12:01:07`, in local time. */
export function timeOfDay(time = new Date()): string {
  return time.toTimeString().slice(0, 8);
}
