import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Reporter, TestModule, TestSuite, Vitest } from "vitest/node";
import { RECORD, type SkippedSuite } from "./summary.ts";

const REPOSITORY = fileURLToPath(new URL("../../../../../", import.meta.url));

/** Records the suites that a package skipped because a tool is missing. Turbo caches the file with the test run. */
export default class SkippedSuites implements Reporter {
  #root = "";

  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const record = join(this.#root, RECORD);
    const skipped = modules.flatMap((module) => skippedIn(module, relative(REPOSITORY, module.moduleId)));
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(record, JSON.stringify(skipped));
  }
}

function skippedIn(parent: TestModule | TestSuite, file: string): SkippedSuite[] {
  return [...parent.children.suites()].flatMap((suite) => {
    const { missingTool: tool } = suite.meta();
    if (!tool) return skippedIn(suite, file);
    return [{ tool, file, suite: suite.fullName, tests: [...suite.children.allTests()].length }];
  });
}
