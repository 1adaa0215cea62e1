import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT } from "./support.ts";

const doc = readFileSync(`${ROOT}docs/reliability.md`, "utf8");

/** Each link to a test: the name it is found by, and its file. */
const links = Array.from(
  doc.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+\.test\.ts)\)/g),
  ([, name = "", file = ""]) => ({
    name,
    file,
  }),
);
/** The rows of the tables, but for their heads. */
const rows = doc.split("\n").filter((line) => /^\| (?!-|fault )/.test(line));

describe("docs/reliability.md", () => {
  test.each(links)("$file has a test named: $name", ({ name, file }) => {
    expect(existsSync(ROOT + file), `${file} exists`).toBe(true);
    expect(readFileSync(ROOT + file, "utf8")).toContain(name);
  });

  test.each(rows)("names a test in each row: %s", (row) => {
    expect(row).toMatch(/\]\(\.\.\/[^)]+\.test\.ts\)/);
  });

  test("has rows", () => {
    expect(rows.length).toBeGreaterThan(20);
  });
});
