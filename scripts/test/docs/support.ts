import { readFileSync } from "node:fs";
import * as v from "valibot";
import { program } from "../../src/cli.ts";
import { CONTROL_PORT, planDev, STABLE_PORT } from "../../src/dev/plan.ts";
import { chartPath, ROOT } from "../../src/names.ts";

export { chartPath, CONTROL_PORT, planDev, ROOT, STABLE_PORT };

/** The commands of the program. */
export const { commands } = program;

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
