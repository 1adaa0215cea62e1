import { readFileSync } from "node:fs";
import * as v from "valibot";
import { createProgram } from "../../src/commands/program.ts";
import { planDev } from "../../src/dev/plan.ts";
import { CONTROL_PORT, STABLE_PORT } from "../../src/domain/ports.ts";
import { chartPath, ROOT } from "../../src/lib/paths.ts";
import { CONTEXT } from "../support/context.ts";
import { program as benchProgram } from "../../tools/bench/program.ts";

export { chartPath, CONTROL_PORT, planDev, ROOT, STABLE_PORT };

/** The commands of the program and of the benchmark. */
export const commands = [...createProgram(CONTEXT).commands, ...benchProgram.commands];

/** The text of a page, without the spaces that align its tables. */
export function page(file: string): string {
  return readFileSync(`${ROOT}${file}`, "utf8").replaceAll(/ +/g, " ");
}

/** The text below a heading, up to the next heading of the same or a higher level. */
export function section(text: string, heading: string): string {
  const [, rest] = text.split(`\n${heading}\n`);
  if (rest === undefined) throw new Error(`No heading "${heading}": expected one on the page.`);
  const level = heading.indexOf(" ");
  return rest.split(new RegExp(`\\n#{1,${level}} `))[0] ?? "";
}

/** The cells of each table row whose first cell is code. */
export function rows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The words in code of a cell. */
export function codes(cell = ""): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, word = ""]) => word);
}

/** The scripts of the root package.json: what `pnpm <command>` runs. */
export const { scripts } = v.parse(
  v.object({ scripts: v.record(v.string(), v.string()) }),
  JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")),
);
