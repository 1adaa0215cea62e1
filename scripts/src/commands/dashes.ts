import type { Command } from "commander";

/**
 * The arguments without a `--` right after the name of a command. npm needs it before the options of a script, so many users
 * type it, and pnpm passes it on.
 */
export function withoutDashes(parent: Command, args: readonly string[]): string[] {
  const [name, ...rest] = args;
  const command = parent.commands.find((one) => one.name() === name);
  if (name === undefined || !command) return [...args];
  return [name, ...withoutDashes(command, rest[0] === "--" ? rest.slice(1) : rest)];
}
