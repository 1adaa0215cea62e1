import type { Command } from "commander";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { describeCommands } from "../../src/commands/commands.ts";
import { allCommands, EXAMPLES } from "../../src/commands/examples.ts";
import { createProgram } from "../../src/commands/program.ts";
import { program as benchProgram } from "../../tools/bench/program.ts";
import { scripts } from "../docs/support.ts";
import { CONTEXT } from "../support/context.ts";
import { parseLine } from "../support/parse-line.ts";

const program = createProgram(CONTEXT);
const all = [...allCommands(program.commands), ...allCommands(benchProgram.commands)];
const programs = [program, benchProgram].map((command) => ({ name: "", command }));

/** The help of a command, as `--help` prints it. */
function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return help;
}

/** The examples at the end of a help. */
function examplesIn(help: string): string[] {
  const [, text = ""] = help.split("\nExamples:\n");
  return text.trimEnd().split("\n");
}

test.each([...programs, ...all])("the help of pnpm $name ends with examples", ({ name, command }) => {
  for (const line of examplesIn(helpOf(command)))
    expect(line).toMatch(new RegExp(`^  pnpm ${name}\\S*( \\S+)* {2,}[a-z]`));
});

const lines = Object.values(EXAMPLES).flatMap((examples) => examples.map(([line]) => line));

test.each(lines)("the program accepts the example: %s", async (line) => {
  const [name = ""] = await parseLine(line);
  expect(line.startsWith(`pnpm ${name}`)).toBe(true);
});

test("no example is left of a command that is gone", () => {
  const names = new Set(["", ...all.map(({ name }) => name)]);
  expect(Object.keys(EXAMPLES).filter((name) => !names.has(name))).toEqual([]);
});

/** The names of the commands in a part of the list. */
function namesIn(group: string): string[] {
  return Array.from(group.matchAll(/^  (\S.*?): \S/gm), ([, name = ""]) => name);
}

describe("pnpm commands", () => {
  const list = stripVTControlCharacters(describeCommands(program));
  const [local = "", cluster = "", repository = ""] = list.split(/^\S.*:$/m).slice(1);

  test("lists every script of package.json and every subcommand", () => {
    const listed = [local, cluster, repository].flatMap(namesIn);
    const subcommands = all.map(({ name }) => name).filter((name) => name.includes(" "));
    expect(new Set(listed)).toEqual(new Set([...Object.keys(scripts), ...subcommands]));
  });

  test("gives each command one line and one example", () => {
    const entries = Array.from(list.matchAll(/^  (\S.*?): \S.*\n {6}pnpm (.*)$/gm));
    expect(entries).toHaveLength([local, cluster, repository].flatMap(namesIn).length);
    for (const [, name = "", example = ""] of entries) expect(example.startsWith(name)).toBe(true);
  });

  test("fits 80 columns", () => {
    expect(list.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("groups the commands by what they need", () => {
    expect(namesIn(local)).toEqual(expect.arrayContaining(["dev", "shift", "fault status", "cluster:kind"]));
    expect(namesIn(local)).not.toContain("release");
    expect(namesIn(cluster)).toEqual(
      expect.arrayContaining(["release", "shift", "shift mode", "fault", "status"]),
    );
    expect(namesIn(cluster)).not.toContain("dev");
    expect(cluster).not.toContain("--local");
  });
});

test.each(["deploy", "shfit"])("the error for the unknown command %s names pnpm commands", async (name) => {
  const fresh = createProgram(CONTEXT).exitOverride();
  let output = "";
  fresh.configureOutput({ writeErr: (text) => (output += text) });
  await expect(fresh.parseAsync([name], { from: "user" })).rejects.toThrow(`unknown command '${name}'`);
  expect(output).toContain("pnpm commands");
});
