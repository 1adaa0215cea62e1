import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readVersions } from "../../src/dev/versions.ts";

const of = (version: string) => ({ default: version });

function writeVersions(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "echo-versions-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "versions.json");
  writeFileSync(file, text);
  return file;
}

test("reads what the file has now", () => {
  const variable = { BLUE_VERSION: of("13.0"), GREEN_VERSION: of("14.0"), FRONTEND_VERSION: of("2.1") };
  const file = writeVersions(JSON.stringify({ variable }));
  expect(readVersions(file)).toEqual({ blue: "13.0", green: "14.0", frontend: "2.1" });
});

test.each(["", "{", '{"variable":{"BLUE_VERSION":{"default":"13.0"}}}'])("refuses %j", (text) => {
  const file = writeVersions(text);
  expect(() => readVersions(file)).toThrow(`Invalid ${file}: expected the default of each version, as JSON.`);
});
