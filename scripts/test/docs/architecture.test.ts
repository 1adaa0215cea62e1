import { existsSync, readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { codes, page, ROOT, rows, section } from "./support.ts";

const Package = v.object({
  dependencies: v.optional(v.record(v.string(), v.string()), {}),
  devDependencies: v.optional(v.record(v.string(), v.string()), {}),
  optionalDependencies: v.optional(v.record(v.string(), v.string()), {}),
});

const PACKAGES = [
  "package.json",
  "charts/package.json",
  "scripts/package.json",
  "services/kit/package.json",
  "services/echo-backend/package.json",
  "services/echo-frontend/package.json",
];

/** All packages that the project depends on, apart from its own and types. */
const dependencies = new Set(
  PACKAGES.flatMap((file) => {
    const content = v.parse(Package, JSON.parse(readFileSync(ROOT + file, "utf8")));
    return [content.dependencies, content.devDependencies, content.optionalDependencies].flatMap(Object.keys);
  }).filter((name) => !/^@(echo|types)\//.test(name)),
);

/** The packages in the table; one that ends with * stands for all that begin with the rest. */
const documented = rows(section(page("docs/architecture.md"), "## Why each dependency")).flatMap(([names]) =>
  codes(names),
);
const isDocumentedBy = (entry: string) => (name: string) =>
  entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : name === entry;

test("the architecture gives the reason for each dependency", () => {
  const missing = [...dependencies].filter(
    (name) => !documented.some((entry) => isDocumentedBy(entry)(name)),
  );
  expect(missing).toEqual([]);
});

test("the architecture names no package that the project does not depend on", () => {
  const unknown = documented.filter((entry) => ![...dependencies].some(isDocumentedBy(entry)));
  expect(unknown).toEqual([]);
});

describe("the folders of the architecture", () => {
  const [block = ""] = section(page("docs/architecture.md"), "## The folders").split("\n```\n");
  const paths = Array.from(block.matchAll(/^([a-z][\w./-]*)/gm), ([path]) => path);

  test("are listed", () => {
    expect(paths.length).toBeGreaterThan(10);
  });

  test.each(paths)("include %s, which exists", (path) => {
    expect(existsSync(ROOT + path)).toBe(true);
  });
});
