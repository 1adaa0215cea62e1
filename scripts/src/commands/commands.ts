import { styleText } from "node:util";
import type { Command } from "commander";
import { print } from "../lib/terminal.ts";
import { allCommands, EXAMPLES, type NamedCommand } from "./examples.ts";

/** A command in the list: its name, what it does, and an example. */
interface Listed {
  name: string;
  description: string;
  example: string;
}

/** The scripts of package.json that are other programs. */
const OTHER_SCRIPTS: readonly Listed[] = [
  ["test", "build, typecheck, lint and run all tests that need no cluster", "pnpm test"],
  ["build", "build each service and version into one file", "pnpm build --force"],
  ["typecheck", "check the types", "pnpm typecheck"],
  ["lint", "lint, and check the imports and the format", "pnpm lint"],
  ["lint:code", "lint only", "pnpm lint:code --fix"],
  ["lint:imports", "check the imports only", "pnpm lint:imports"],
  ["lint:format", "check the format only", "pnpm lint:format"],
  ["format", "format all files", "pnpm format"],
  ["test:machines", "run a clone on simulated machines", "pnpm test:machines"],
  ["e2e", "run the end-to-end tests, on a cluster", "pnpm e2e"],
  ["bench", "measure the services next to other servers", "pnpm bench --rounds 3"],
  ["bench:hot-path", "measure each hand-written piece of the hot path", "pnpm bench:hot-path"],
  ["images", "build the images for amd64 and arm64", "pnpm images"],
  ["pictures", "take the picture of the live page from a running pnpm dev", "pnpm pictures"],
].map(([name = "", description = "", example = ""]) => ({ name, description, example }));

export function addCommands(program: Command): void {
  program
    .command("commands")
    .description("list every command with an example")
    .action(() => print(describeCommands(program)));
}

/** Every command, first those that need no cluster. */
export function describeCommands(program: Command): string {
  const all = allCommands(program.commands);
  const groups = {
    "On this machine": all.flatMap((each) => listed(each, true)),
    "On a cluster": all.flatMap((each) => listed(each, false)),
    "For changes of this repository": OTHER_SCRIPTS,
  };
  return [
    ...Object.entries(groups).map(([title, commands]) => describeGroup(title, commands)),
    "--help after a command lists its options. docs/reference.md explains them.",
  ].join("\n\n");
}

function describeGroup(title: string, commands: readonly Listed[]): string {
  const lines = commands.flatMap(({ name, description, example }) => [
    `  ${styleText("bold", name)}: ${description}`,
    `      ${example}`,
  ]);
  return [`${title}:`, ...lines].join("\n");
}

/** A command as one group has it. Some commands work on this machine with --local, and else on a cluster. */
function listed({ name, command }: NamedCommand, isLocal: boolean): Listed[] {
  const lines = (EXAMPLES[name] ?? []).map(([line]) => line);
  const fits = (line: string) => (needsCluster(command) ? line.includes(" --local") : true) === isLocal;
  const example = lines.find(fits);
  return example === undefined ? [] : [{ name, description: command.description(), example }];
}

/** Whether it works on a cluster, unless --local is given. */
function needsCluster(command: Command): boolean {
  const own = command.options.some(({ long }) => long === "--namespace");
  return own || (command.parent !== null && needsCluster(command.parent));
}
