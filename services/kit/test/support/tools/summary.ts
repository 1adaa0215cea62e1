import { globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { INSTALL, TOOLS } from "./tools.ts";

/** Where a package's last test run recorded what it skipped, below the package's folder. */
export const RECORD = "node_modules/.cache/skipped-suites.json";
const PACKAGES = "{charts,scripts,services/*}";

const Skipped = v.object({
  tool: v.picklist(TOOLS),
  /** Path of the test file. */
  file: v.string(),
  suite: v.string(),
  tests: v.number(),
});
/** A suite that was skipped because a tool is missing. */
export type SkippedSuite = v.InferOutput<typeof Skipped>;

const Records = v.pipe(v.string(), v.parseJson(), v.array(Skipped));

/** Removes the records of earlier runs in all packages of a repository. */
export function clearRecords(root: string): void {
  for (const record of recordsIn(root)) rmSync(join(root, record));
}

/** One text over all packages: each missing tool, how to install it, and the suites that it skipped. Empty if none was. */
export function summarize(root: string): string {
  const skipped = recordsIn(root).flatMap((record) =>
    v.parse(Records, readFileSync(join(root, record), "utf8")),
  );
  if (skipped.length === 0) return "";
  const lines = ["Skipped, because a tool is missing:"];
  for (const [tool, suites] of Map.groupBy(skipped, (suite) => suite.tool)) {
    lines.push(`  ${tool} (${INSTALL[tool]})`);
    for (const { file, suite, tests } of suites)
      lines.push(`    ${file}`, `      ${suite}: ${tests} ${tests === 1 ? "test" : "tests"}`);
  }
  return `${lines.join("\n")}\n`;
}

function recordsIn(root: string): string[] {
  return globSync(`${PACKAGES}/${RECORD}`, { cwd: root }).toSorted();
}
