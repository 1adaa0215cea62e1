import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { clearRecords, RECORD, type SkippedSuite, summarize } from "../support/tools/summary.ts";
import { findTool } from "../support/tools/tools.ts";

/** A repository in which each package's last test run recorded these suites. */
function repository(records: Readonly<Record<string, readonly SkippedSuite[]>>): string {
  const root = mkdtempSync(join(tmpdir(), "echo-skipped-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [folder, skipped] of Object.entries(records)) {
    const record = join(root, folder, RECORD);
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(record, JSON.stringify(skipped));
  }
  return root;
}

const page = { tool: "chromium", file: "services/a/page.test.ts", suite: "the page", tests: 1 } as const;
const alerts = { tool: "promtool", file: "charts/alerts.test.ts", suite: "the alerts", tests: 2 } as const;

test("names each missing tool once, with the suites that all packages skipped", () => {
  const second = { ...page, file: "services/b/page.test.ts", tests: 3 };
  const root = repository({ charts: [alerts], "services/a": [page], "services/b": [second], scripts: [] });
  expect(summarize(root).split("\n")).toEqual([
    "Skipped, because a tool is missing:",
    "  promtool (apt-get install prometheus)",
    "    charts/alerts.test.ts",
    "      the alerts: 2 tests",
    "  chromium (apt-get install chromium, or set CHROMIUM to a browser's path)",
    "    services/a/page.test.ts",
    "      the page: 1 test",
    "    services/b/page.test.ts",
    "      the page: 3 tests",
    "",
  ]);
});

test("is empty when no package skipped a suite", () => {
  expect(summarize(repository({ charts: [], scripts: [] }))).toBe("");
});

test("is empty after the records of earlier runs are cleared", () => {
  const root = repository({ charts: [alerts] });
  clearRecords(root);
  expect(summarize(root)).toBe("");
});

test("finds a tool in any folder of PATH if it is executable", () => {
  const root = repository({});
  const wrk = join(root, "wrk");
  const env = { PATH: `/nowhere:${root}` };
  writeFileSync(wrk, "");
  expect(findTool("wrk", env)).toBeUndefined();
  chmodSync(wrk, 0o755);
  expect(findTool("wrk", env)).toBe(wrk);
});

test("finds the browser that CHROMIUM names before one on PATH", () => {
  expect(findTool("chromium", { ...process.env, CHROMIUM: "/opt/chrome" })).toBe("/opt/chrome");
});
