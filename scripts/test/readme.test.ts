import { readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { backendSettings } from "../../services/echo-backend/src/config.ts";
import { frontendSettings } from "../../services/echo-frontend/src/config.ts";
import { createProgram } from "../src/commands/program.ts";
import { planDev } from "../src/dev/plan.ts";
import { ROOT } from "../src/lib/paths.ts";
import { CONTEXT } from "./support/context.ts";
import { program as benchProgram } from "../tools/bench/program.ts";

const readme = readFileSync(`${ROOT}README.md`, "utf8").replaceAll(/ +/g, " ");
const { scripts } = v.parse(
  v.object({ scripts: v.record(v.string(), v.string()) }),
  JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")),
);

type Setting = v.OptionalSchema<v.GenericSchema<string, unknown>, string>;

/** What the README's table must say of a setting. */
function rowOf(name: string, setting: Setting): string {
  const inBackend = name in backendSettings;
  const of = inBackend && name in frontendSettings ? "both" : inBackend ? "backend" : "frontend";
  const fallback = v.getDefault(setting);
  const allowed = v.getDescription(setting.wrapped) ?? "";
  return `| \`${name}\` | ${of} | ${fallback === "" ? "none" : fallback} | ${allowed} |`;
}

/** The options that a command takes, or one of its subcommands. */
function optionsOf(name: string): string[] {
  const commands = [...createProgram(CONTEXT).commands, ...benchProgram.commands].filter(
    (command) => command.name() === name,
  );
  return commands
    .flatMap((command) => command.commands.concat(command))
    .flatMap(({ options }) => options.map(({ long }) => long ?? ""));
}

/** The names of a chart's values. */
function valuesOf(chart: string): string[] {
  const schema = readFileSync(`${ROOT}charts/${chart}/values.schema.json`, "utf8");
  const { properties } = v.parse(
    v.object({ properties: v.record(v.string(), v.unknown()) }),
    JSON.parse(schema),
  );
  return Object.keys(properties);
}

describe("the README's table of settings", () => {
  const settings = Object.entries<Setting>({ ...backendSettings, ...frontendSettings });

  test.each(settings)("has %s, with the default and what is allowed", (name, setting) => {
    expect(readme).toContain(rowOf(name, setting));
  });

  test("has no other", () => {
    const names = Array.from(
      readme.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \| (?:both|backend|frontend) \|/gm),
      ([, name]) => name,
    );
    expect(new Set(names)).toEqual(new Set(settings.map(([name]) => name)));
  });
});

describe("each command in README and docs", () => {
  const text = ["README.md", "docs/operations.md", "docs/kind.md", "docs/performance.md"]
    .map((file) => readFileSync(`${ROOT}${file}`, "utf8").replaceAll(/\\\n +/g, ""))
    .join("\n");

  test("of pnpm exists", () => {
    const commands = Array.from(
      text.matchAll(/(?:`|^|yes )pnpm(?:@[\d.]+)? ([a-z][a-z:0-9-]*)/gm),
      ([, name]) => name ?? "",
    );
    expect(commands.length).toBeGreaterThan(20);
    for (const command of commands) expect(scripts).toHaveProperty([command]);
  });

  test("of pnpm has the options that it is given", () => {
    const lines = Array.from(text.matchAll(/(?:`|^)pnpm ([a-z][a-z:0-9-]*)((?: +[^\s#`]+)*)/gm));
    const given = lines.flatMap(([, name = "", words = ""]) =>
      Array.from(words.matchAll(/ (--[a-z0-9-]+)/g), ([, option = ""]) => ({ name, option })),
    );
    expect(given.length).toBeGreaterThan(10);
    for (const { name, option } of given) expect(optionsOf(name), name).toContain(option);
  });

  test("of helm sets values that the chart has", () => {
    const lines = Array.from(text.matchAll(/^helm .*? charts\/(echo-[a-z]+) .*/gm));
    const set = lines.flatMap(([line, chart = ""]) =>
      Array.from(line.matchAll(/--set(?:-string)? '?([a-zA-Z]+)/g), ([, value = ""]) => ({ chart, value })),
    );
    expect(set.length).toBeGreaterThan(3);
    for (const { chart, value } of set) expect(valuesOf(chart), chart).toContain(value);
  });
});

test.each(planDev())("the README says where $name is found in dev", ({ name, port, adminPort }) => {
  expect(readme).toContain(`| ${name} | http://localhost:${port} | ${adminPort} |`);
});
