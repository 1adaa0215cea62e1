import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { onTestFinished, vi } from "vitest";

const FIXTURE = fileURLToPath(new URL("../fixtures/tool.mjs", import.meta.url));

/** How a fixture answers the calls whose arguments contain `when`. */
export interface Answer {
  when: string;
  stdout?: string;
  stderr?: string;
  exitCode?: number;
  /** What the fixture writes to the file of its option --metadata-file. */
  metadata?: string;
  /** Answers the first such call only. */
  once?: boolean;
  /** What the fixture does at the end. Until SIGTERM: it writes to stderr only then, and any other signal ends it at once. */
  effect?: "hang" | "hang until SIGTERM" | "save the login" | "print the configuration";
}

/** The default answer to the check that there is a cluster. */
const SERVER_VERSION: Answer = { when: "get --raw /version", stdout: '{"gitVersion":"v1.34.0"}' };

const Call = v.object({
  tool: v.string(),
  args: v.array(v.string()),
  stdin: v.string(),
  env: v.record(v.string(), v.string()),
  cwd: v.string(),
});
export type Call = v.InferOutput<typeof Call>;

/**
 * Replaces PATH by a folder with these tools only, until the test ends. Each is test/fixtures/tool.mjs.
 * @returns a function that returns the calls so far
 */
export function fixtureTools(tools: Readonly<Record<string, readonly Answer[]>>): () => Call[] {
  const folder = mkdtempSync(join(tmpdir(), "echo-tool-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const calls = join(folder, "calls.jsonl");
  writeFileSync(calls, "");
  const kubectl = tools.kubectl && { kubectl: [...tools.kubectl, SERVER_VERSION] };
  writeFileSync(join(folder, "answers.json"), JSON.stringify({ ...tools, ...kubectl }));
  symlinkSync(process.execPath, join(folder, "node"));
  for (const name of Object.keys(tools)) symlinkSync(FIXTURE, join(folder, name));
  vi.stubEnv("PATH", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return () =>
    readFileSync(calls, "utf8")
      .split("\n")
      // A line without an end is still being written.
      .slice(0, -1)
      .map((line) => v.parse(Call, JSON.parse(line)));
}

/** A single tool. @returns a function that returns the arguments and the stdin of its calls so far */
export function fixtureTool(
  name: string,
  answers: readonly Answer[],
): () => { args: string[]; stdin: string }[] {
  const calls = fixtureTools({ [name]: answers });
  return () => calls().map(({ args, stdin }) => ({ args, stdin }));
}
