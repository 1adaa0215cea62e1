import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseLine } from "../support/parse-line.ts";
import { codes, page, ROOT, section } from "./support.ts";
import { BINDINGS } from "../support/key-bindings.ts";

const demo = page("docs/demo.md");

/** The keys of `pnpm dev`, and the one of the live page. */
const KEYS = new Set([...BINDINGS.flatMap(({ keys }) => keys), "p"]);

test("the demo names keys that exist", () => {
  const named = Array.from(demo.matchAll(/`([^\s`])`/g), ([, key = ""]) => key);
  expect(new Set(named).size).toBeGreaterThan(4);
  for (const key of named) expect(KEYS).toContain(key);
});

/** In the text and in blocks. */
const lines = [...new Set(Array.from(demo.matchAll(/(?:`|^)(pnpm [^`\n]+)/gm), ([, line = ""]) => line))];

test("the demo has commands", () => {
  expect(lines.length).toBeGreaterThan(8);
  expect(lines).toContainEqual(expect.stringMatching(/^pnpm shift green --local --steps /));
});

test.each(lines)("the program accepts the demo's command: %s", async (line) => {
  expect(await parseLine(line)).toHaveLength(1);
});

/** All that the commands and the live page may print. */
const sources = ["scripts/src", "services/echo-frontend/src/ui"]
  .flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(`${ROOT}${folder}/${file}`, "utf8")),
  )
  .join("\n");

describe("how to recover on stage", () => {
  const messages = section(demo, "## Recover on stage")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .flatMap((row) => codes(row.split("|")[1]));

  test("quotes messages", () => {
    expect(messages.length).toBeGreaterThan(4);
  });

  test.each(messages)("quotes a message of the program: %s", (message) => {
    expect(sources).toContain(message);
  });
});
