import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { chartPath, commands, ROOT, scripts } from "./support.ts";

/** Every page that a reader is sent to. */
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];
const textOf = (file: string) => readFileSync(ROOT + file, "utf8");
/** All pages, each command on one line. */
const text = pages.map((file) => textOf(file).replaceAll(/\\\n +/g, "")).join("\n");

/** The anchors that GitHub gives to a page's headings. */
function anchorsOf(file: string): string[] {
  return Array.from(textOf(file).matchAll(/^#+ (.*)$/gm), ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

const links = pages.flatMap((from) =>
  Array.from(textOf(from).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g), ([, path = "", anchor]) => ({
    from,
    to: path === "" ? from : join(dirname(from), path),
    anchor,
  })),
);

describe("the links of the pages", () => {
  test("lead to files that exist", () => {
    expect(links.length).toBeGreaterThan(50);
    for (const { from, to } of links) expect(existsSync(ROOT + to), `${to}, linked from ${from}`).toBe(true);
  });

  test("lead to headings that exist", () => {
    const toHeadings = links.flatMap(({ from, to, anchor }) =>
      anchor === undefined ? [] : [{ from, to, anchor }],
    );
    expect(toHeadings.length).toBeGreaterThan(10);
    for (const { from, to, anchor } of toHeadings)
      expect(anchorsOf(to), `linked from ${from}`).toContain(anchor);
  });

  test("lead from the README to every page", () => {
    const reached = links.filter(({ from }) => from === "README.md").map(({ to }) => to);
    expect(reached).toEqual(expect.arrayContaining(pages.filter((file) => file !== "README.md")));
  });
});

test("the README is at most 150 lines long", () => {
  expect(textOf("README.md").split("\n").length).toBeLessThanOrEqual(151);
});

/** The options that a command takes, or one of its subcommands. */
function optionsOf(name: string): string[] {
  const command = commands.find((one) => one.name() === name);
  const withSubcommands = command ? command.commands.concat(command) : [];
  return withSubcommands
    .flatMap(({ options }) => options.flatMap(({ long, short }) => [long ?? "", short ?? ""]))
    .concat("--help", name === "e2e" ? optionsOfTests() : []);
}

/** The options that the program of `pnpm e2e` mentions. */
function optionsOfTests(): string[] {
  const program = textOf("scripts/e2e/support/run.ts");
  return Array.from(program.matchAll(/"(--[a-z]+)"/g), ([, option = ""]) => option);
}

/** What pnpm does by itself. */
const OWN_COMMANDS = { audit: "", install: "" };

describe("each command on the pages", () => {
  test("is a script of package.json", () => {
    const names = Array.from(
      text.matchAll(/(?:`|^ *|yes )pnpm(?:@[\d.]+)? ([a-z][a-z:0-9-]*)/gm),
      ([, name = ""]) => name,
    );
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) expect({ ...OWN_COMMANDS, ...scripts }).toHaveProperty([name]);
  });

  test("has the options that it is given", () => {
    const lines = Array.from(text.matchAll(/(?:`|^ *)pnpm ([a-z][a-z:0-9-]*)((?: +[^\s#`]+)*)/gm));
    const given = lines.flatMap(([, name = "", words = ""]) => {
      // The options after the jumpbox's command belong to that command.
      const [own = ""] = name === "jumpbox" ? (/^(?: +-\S+)*/.exec(words) ?? []) : [words];
      return Array.from(own.matchAll(/ (--?[a-z][a-z0-9-]*)/g), ([, option = ""]) => ({ name, option }));
    });
    expect(given.length).toBeGreaterThan(20);
    for (const { name, option } of given) expect(optionsOf(name), name).toContain(option);
  });

  test("of helm sets values that the chart has", () => {
    const lines = Array.from(text.matchAll(/^helm .*? charts\/(echo-[a-z]+) .*/gm));
    const set = lines.flatMap(([line, chart = ""]) =>
      Array.from(line.matchAll(/--set(?:-string)? '?([a-zA-Z]+)/g), ([, value = ""]) => ({ chart, value })),
    );
    expect(set.length).toBeGreaterThan(10);
    for (const { chart, value } of set) expect(valuesOf(chart), chart).toContain(value);
  });
});

/** The names of a chart's values. */
function valuesOf(chart: string): string[] {
  const { properties } = v.parse(
    v.object({ properties: v.record(v.string(), v.unknown()) }),
    JSON.parse(readFileSync(`${chartPath(chart)}/values.schema.json`, "utf8")),
  );
  return Object.keys(properties);
}
