import { createInterface } from "node:readline/promises";
import type { Context } from "./context.ts";
import { InterruptedError, UserError } from "./errors.ts";

/**
 * Asks the user to confirm a risky step, unless `yes` (the option `--yes`) does.
 * @throws {UserError} if the step is not confirmed
 */
export async function confirm(step: string, yes: boolean, { interactive, signal }: Context): Promise<void> {
  if (yes) return;
  if (!interactive) throw new UserError(`${step}\nNot confirmed. Use --yes to skip the prompt.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const reply = await terminal
    .question(`${step}\nContinue? [y/N] `, { signal })
    .catch((cause: unknown) => {
      // Ctrl-C, Ctrl-D and SIGTERM all end the prompt with an error.
      throw new InterruptedError("\nInterrupted: this step was not done.", { cause });
    })
    .finally(() => terminal.close());
  if (!/^y(es)?$/i.test(reply.trim())) throw new UserError("Not confirmed: this step was not done.");
}

/** Prints a line to stdout. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Aligns the columns of a table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return aligned([header, ...rows]).join("\n");
}

/** Rows with aligned columns, each as a line. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  const pad = (cell: string, column: number) => cell.padEnd(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join("  ").trimEnd());
}

/** `12:01:07`, in local time. */
export function timeOfDay(time = new Date()): string {
  return time.toTimeString().slice(0, 8);
}
