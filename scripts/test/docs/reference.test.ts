import { readFileSync } from "node:fs";
import type { Argument, Option } from "commander";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { backendSettings } from "../../../services/echo-backend/src/config.ts";
import { frontendSettings } from "../../../services/echo-frontend/src/config.ts";
import { allCommands } from "../../src/commands/examples.ts";
import {
  chartPath,
  codes,
  commands,
  CONTROL_PORT,
  page,
  planDev,
  rows,
  scripts,
  section,
  STABLE_PORT,
} from "./support.ts";
import { BINDINGS } from "../support/key-bindings.ts";

const reference = page("docs/reference.md");

type Setting = v.OptionalSchema<v.GenericSchema<string, unknown>, string>;
const settings = Object.entries<Setting>({ ...backendSettings, ...frontendSettings });

describe("the settings in the reference", () => {
  const documented = rows(section(reference, "## Settings of the services"));

  test.each(settings)("include %s with its service, default and allowed values", (name, setting) => {
    const inBackend = name in backendSettings;
    const of = inBackend && name in frontendSettings ? "both" : inBackend ? "backend" : "frontend";
    const allowed = v.getDescription(setting.wrapped) ?? "";
    expect(documented.map((cells) => cells.slice(0, 4))).toContainEqual([
      `\`${name}\``,
      of,
      v.getDefault(setting) || "none",
      allowed,
    ]);
  });

  test("include no other", () => {
    expect(documented.map(([name]) => name)).toHaveLength(settings.length);
  });
});

/** A value of a chart as the reference has it: its chart, its path and its default. */
interface Value {
  chart: string;
  path: string;
  fallback: unknown;
}

const SERVICE_CHARTS = ["echo-backend", "echo-frontend"];

/** DRAIN_MS is drainMs. */
const settingValues = settings.map(([name]) =>
  name.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
);

const Schema = v.object({ properties: v.optional(v.record(v.string(), v.unknown())) });

/** The paths of a schema's values that hold no others. */
function leaves(schema: unknown, prefix = ""): string[] {
  const { properties = {} } = v.parse(Schema, schema);
  return Object.entries(properties).flatMap(([name, value]) => {
    const below = leaves(value, `${prefix}${name}.`);
    return below.length > 0 ? below : [prefix + name];
  });
}

function valueAt(values: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => {
    const parent = v.safeParse(v.record(v.string(), v.unknown()), value);
    return parent.success ? parent.output[name] : undefined;
  }, values);
}

function valuesOf(chart: string): Value[] {
  const schema: unknown = JSON.parse(readFileSync(`${chartPath(chart)}/values.schema.json`, "utf8"));
  const defaults: unknown = parse(readFileSync(`${chartPath(chart)}/values.yaml`, "utf8"));
  return leaves(schema)
    .filter((path) => path !== "global")
    .map((path) => ({ chart, path, fallback: valueAt(defaults, path) }));
}

const Scalar = v.union([v.string(), v.number(), v.boolean()]);

/** How the reference writes a default. An empty text, list or map is `none`. The reference leaves a nested map out. */
function written(fallback: unknown): string {
  if (fallback === undefined) return "required";
  if (v.is(Scalar, fallback)) return String(fallback) || "none";
  const entries = Object.entries(v.parse(v.looseObject({}), fallback));
  if (entries.some(([, value]) => !v.is(Scalar, value))) return "see `values.yaml`";
  return entries.map(([name, value]) => `\`${name}: ${JSON.stringify(value)}\``).join(", ") || "none";
}

const byText = (a: string, b: string) => a.localeCompare(b);

describe("the chart values in the reference", () => {
  const charts = section(reference, "## Chart values");

  test("are those of the services' charts, with their defaults, apart from the settings", () => {
    const documented = rows(section(charts, "### echo-backend and echo-frontend")).flatMap(
      ([path, chart = "", fallback]) =>
        (chart === "both" ? SERVICE_CHARTS : codes(chart)).map((name) =>
          [name, ...codes(path), fallback].join(" "),
        ),
    );
    const expected = SERVICE_CHARTS.flatMap(valuesOf)
      .filter(({ path }) => path === "color" || !settingValues.includes(path))
      .map(({ chart, path, fallback }) => `${chart} ${path} ${written(fallback)}`);
    expect(documented.toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  test("are those of echo-traffic, with their defaults", () => {
    const documented = rows(section(charts, "### echo-traffic")).map(([path, fallback]) =>
      [...codes(path), fallback].join(" "),
    );
    const expected = valuesOf("echo-traffic").map(({ path, fallback }) => `${path} ${written(fallback)}`);
    expect(documented.toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  test("name each setting whose default the charts change", () => {
    const [text = ""] = charts.split("\n### ");
    const documented = rows(text).map(([path, fallback]) => [...codes(path), fallback].join(" "));
    const changed = new Set(
      SERVICE_CHARTS.flatMap(valuesOf).flatMap(({ path, fallback }) => {
        const setting = settings[settingValues.indexOf(path)]?.[1];
        if (setting === undefined || path === "color" || written(fallback) === v.getDefault(setting))
          return [];
        return [`${path} ${written(fallback)}`];
      }),
    );
    expect(new Set(documented)).toEqual(changed);
  });
});

const CLUSTER_OPTIONS = new Set(["-n, --namespace <name>", "--context <name>", "--jumpbox-image <image>"]);

/** An argument as the reference has it: `<name>`, or `[name]` if it is optional. */
function describeArgument(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? "..." : "");
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** An option as the reference has it. */
function describeOption(name: string, { flags, defaultValue, defaultValueDescription }: Option): string {
  const value = v.is(Scalar, defaultValue) && defaultValue !== true ? String(defaultValue) : "-";
  return `${name}: ${flags}, ${defaultValueDescription ?? value}`;
}

/** What the reference writes if an option has no default of its own. */
const NO_DEFAULT = new Set(["off", "none", "unchanged", "`EKS_ECR_REGISTRY`"]);

const all = allCommands(commands);

describe("the commands in the reference", () => {
  const text = section(reference, "## Commands");

  test.each(all)("include $name with its arguments", ({ name, command }) => {
    const typed = [name, ...command.registeredArguments.map(describeArgument)].join(" ");
    expect(text).toContain(`\`pnpm ${typed}\``);
  });

  test("have exactly the options of the program, with their defaults", () => {
    const families = text
      .split("\n### ")
      .filter((family) => !family.startsWith("Options of all"))
      .flatMap((family) => rows(family).filter((cells) => cells.length === 4));
    const releases = all.map(({ name }) => name).filter((name) => /^release\b/.test(name));
    const found = families.flatMap(([flags, names = "", fallback = ""]) =>
      (names === "all" ? releases : codes(names)).map(
        (name) => `${name}: ${codes(flags).join("")}, ${NO_DEFAULT.has(fallback) ? "-" : fallback}`,
      ),
    );
    const expected = all.flatMap(({ name, command }) =>
      command.options
        .filter(({ flags }) => !CLUSTER_OPTIONS.has(flags))
        .map((option) => describeOption(name, option)),
    );
    expect(found.toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  test("have the cluster options that the program gives to them", () => {
    const found = rows(section(text, "### Options of all commands that use a cluster"));
    expect(found.map(([flags]) => codes(flags).join(""))).toEqual([...CLUSTER_OPTIONS]);
    for (const { name, command } of all) {
      const flags = command.options.map((option) => option.flags).filter((flag) => CLUSTER_OPTIONS.has(flag));
      expect([0, CLUSTER_OPTIONS.size], name).toContain(flags.length);
    }
  });

  test("have exactly the scripts of package.json", () => {
    const names = Array.from(text.matchAll(/`pnpm ([a-z][a-z:0-9-]*)/g), ([, name = ""]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(scripts)));
  });

  test("name each value that an option allows", () => {
    const choices = all.flatMap(({ command }) =>
      command.options.flatMap(({ argChoices }) => argChoices ?? []),
    );
    expect(choices.length).toBeGreaterThan(0);
    for (const choice of choices) expect(text).toMatch(new RegExp(`\\b${choice}\\b`));
  });
});

describe("the keys of pnpm dev", () => {
  test("are those of the program", () => {
    const documented = rows(section(reference, "#### Keys")).map(([label]) => codes(label).join(""));
    expect(documented).toEqual(BINDINGS.map(({ label }) => label));
  });
});

describe("the ports of pnpm dev", () => {
  const ports = section(reference, "## Ports of pnpm dev");

  test.each(planDev())("include those of $name", ({ name, port, adminPort }) => {
    expect(ports).toContain(`| ${name} | http://localhost:${port} | ${adminPort} |`);
  });

  test("include the stable name and its weights", () => {
    expect(ports).toContain(`| stable name | http://localhost:${STABLE_PORT} |`);
    expect(ports).toContain(`| weights | http://localhost:${CONTROL_PORT} |`);
  });
});
