import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codes, page, ROOT, section } from "./support.ts";

/** Sources that hold the facts of the project. The bare servers of the benchmark know nothing of it. */
const FOLDERS = [
  "scripts/src",
  "services/kit/src",
  "services/echo-backend/src",
  "services/echo-frontend/src",
];
const sources = FOLDERS.flatMap((folder) =>
  readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`),
);

/** The sources that could repeat a fact: commands and services do not share theirs, unless both read it from a file. */
function areaOf(place: string): string {
  return sources.includes(place) ? place.slice(0, place.indexOf("/")) : "";
}

const facts = section(page("CONTRIBUTING.md"), "## One place for each fact")
  .split("\n")
  .filter((line) => /`.*`/.test(line) && line.startsWith("|"))
  .flatMap((row) => {
    const [place = "", literal = ""] = codes(row);
    return { place, literal };
  });

describe("each fact in CONTRIBUTING.md has one place", () => {
  test.each(facts)("$literal is in $place and in no other source", ({ place, literal }) => {
    expect(readFileSync(ROOT + place, "utf8")).toContain(literal);
    const repeated = sources
      .filter((file) => file !== place && file.startsWith(areaOf(place)))
      .filter((file) => readFileSync(ROOT + file, "utf8").includes(literal));
    expect(repeated).toEqual([]);
  });

  test("there are facts", () => {
    expect(facts.length).toBeGreaterThan(3);
  });
});
