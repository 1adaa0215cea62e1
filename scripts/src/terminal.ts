import { createInterface } from "node:readline/promises";
import { InterruptedError, UserError } from "./errors.ts";

/** Whether someone sits at this terminal who can be asked and who sees progress drawn. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY && !process.env.CI;
}

/**
 * Has a risky step confirmed: by `--yes`, or by an answer on the terminal.
 * @throws {UserError} when it is not
 */
export async function confirm(what: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!isInteractive())
    throw new UserError(`${what}\nNobody confirmed it, so it was not done. Give --yes to go on.`);
  if (!/^y(es)?$/i.test((await ask(`${what}\nGo on? [y/N] `)).trim()))
    throw new UserError("It was not done.");
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } catch (cause) {
    // Ctrl-C, or Ctrl-D: readline's own error for both.
    throw new InterruptedError("\nIt was not done.", { cause });
  } finally {
    terminal.close();
  }
}

/** Prints a line to stdout. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Lines up the columns of a table. */
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
