import { allCommands } from "../../src/commands/examples.ts";
import { createProgram } from "../../src/commands/program.ts";
import { CONTEXT } from "./context.ts";

/**
 * Parses a command line such as `pnpm shift green`. Runs nothing.
 * @returns the command that would run
 * @throws an error of commander, or a UserError, if the line is invalid
 */
export async function parseLine(line: string): Promise<string[]> {
  const program = createProgram(CONTEXT).configureOutput({ writeErr: () => undefined });
  const ran: string[] = [];
  for (const { name, command } of allCommands(program.commands))
    command
      .configureOutput({ writeErr: () => undefined })
      .exitOverride()
      .action(() => void ran.push(name));
  await program.exitOverride().parseAsync(line.split(" ").slice(1), { from: "user" });
  return ran;
}
