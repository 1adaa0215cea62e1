import { readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { backendSettings } from "../../services/echo-backend/src/config.ts";
import { frontendSettings } from "../../services/echo-frontend/src/config.ts";
import { planDev } from "../src/dev/plan.ts";
import { ROOT } from "../src/names.ts";

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

test("each command that the README names exists", () => {
  const commands = Array.from(
    readme.matchAll(/(?:`|^|yes )pnpm(?:@[\d.]+)? ([a-z][a-z:0-9]*)/gm),
    ([, name]) => name ?? "",
  );
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) expect(scripts).toHaveProperty([command]);
});

test.each(planDev())("the README says where $name is found in dev", ({ name, port, adminPort }) => {
  expect(readme).toContain(`| ${name} | http://localhost:${port} | ${adminPort} |`);
});
