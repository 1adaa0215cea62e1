import { readFileSync } from "node:fs";
import { describeWith } from "@echo/kit/testing/tools";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../../src/adapters/command.ts";
import { ROOT } from "../../src/lib/paths.ts";

const PATH = `${ROOT}.github/workflows/ci.yml`;

const Package = v.object({ packageManager: v.string(), scripts: v.record(v.string(), v.string()) });
const Step = v.object({ uses: v.optional(v.string()), run: v.optional(v.string()) });
const Workflow = v.object({
  permissions: v.record(v.string(), v.string()),
  jobs: v.record(
    v.string(),
    v.object({
      permissions: v.optional(v.never()),
      strategy: v.optional(v.object({ matrix: v.object({ os: v.array(v.string()) }) })),
      steps: v.array(Step),
    }),
  ),
});

describe("the workflow of GitHub Actions", () => {
  const { permissions, jobs } = v.parse(Workflow, parse(readFileSync(PATH, "utf8")));
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const { packageManager, scripts } = v.parse(
    Package,
    JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")),
  );

  test("may only read the repository", () => {
    expect(permissions).toEqual({ contents: "read" });
  });

  test("pins each action to a commit", () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions).not.toHaveLength(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  test("runs pnpm test on Linux and macOS, and pnpm e2e, with the version of pnpm in package.json", () => {
    const commands = steps.flatMap(({ run: text = "" }) =>
      Array.from(text.matchAll(/npx --yes (\S+) (\S+)/g)),
    );
    expect(commands.map(([, , script]) => script)).toEqual(["test", "cluster:kind", "e2e"]);
    for (const [, pnpm, script = ""] of commands) {
      expect(pnpm).toBe(packageManager);
      expect(scripts).toHaveProperty([script]);
    }
    expect(jobs.test?.strategy?.matrix.os).toEqual([
      expect.stringMatching(/^ubuntu-/),
      expect.stringMatching(/^macos-/),
    ]);
  });
});

describeWith("actionlint", "the check", (actionlint) => {
  test("finds nothing in the workflow", async () => {
    await expect(run(actionlint, [PATH])).resolves.toBe("");
  });
});
