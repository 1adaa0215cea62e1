import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { keyBindings } from "../../src/dev/key-bindings.ts";
import { codes, page, ROOT, section } from "./support.ts";

const demo = page("docs/demo.md");
const nothing = () => undefined;

/** The keys of `pnpm dev`, and the one of the live page. */
const KEYS = new Set([
  ...keyBindings({
    setWeights: nothing,
    cycleFault: nothing,
    restartEnded: nothing,
    toggleRequests: nothing,
    printOverview: nothing,
    printKeys: nothing,
    quit: nothing,
  }).flatMap(({ keys }) => keys),
  "p",
]);

test("the demo names keys that exist", () => {
  const named = Array.from(demo.matchAll(/`([^\s`])`/g), ([, key = ""]) => key);
  expect(new Set(named).size).toBeGreaterThan(4);
  for (const key of named) expect(KEYS).toContain(key);
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
