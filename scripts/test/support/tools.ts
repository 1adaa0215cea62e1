import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { onTestFinished, vi } from "vitest";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

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
 * Replaces PATH by a folder with these tools only, until the test ends. Each is test/fixtures/tool.bash.
 * @returns a function that returns the calls so far
 */
export function fixtureTools(tools: Readonly<Record<string, readonly Answer[]>>): () => Call[] {
  const folder = mkdtempSync(join(tmpdir(), "echo-tool-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const kubectl = tools.kubectl && { kubectl: [...tools.kubectl, SERVER_VERSION] };
  const all: typeof tools = { ...tools, ...kubectl };
  writeFileSync(join(folder, "answers.json"), JSON.stringify(all));
  symlinkSync(process.execPath, join(folder, "node"));
  for (const [name, answers] of Object.entries(all)) {
    writeFileSync(join(folder, `answers-${name}`), answers.map(inBash).join(""));
    symlinkSync(`${FIXTURES}tool.bash`, join(folder, name));
    symlinkSync(`${FIXTURES}tool.mjs`, join(folder, `${name}.mjs`));
  }
  vi.stubEnv("PATH", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return () => readCalls(folder);
}

/** The calls of the tools in a folder, in their order. */
export function readCalls(folder: string): Call[] {
  const files = readdirSync(folder).filter((name) => name.startsWith("call-"));
  const lines = files.toSorted().map((name) => readFileSync(join(folder, name), "utf8"));
  // A line without an end is still being written.
  return lines.filter((line) => line.endsWith("\n")).map((line) => v.parse(Call, JSON.parse(line)));
}

/** An answer as a command of test/fixtures/tool.bash. */
function inBash({ when, stdout = "", stderr = "", exitCode = 0, metadata, once, effect }: Answer): string {
  const isPlain = metadata === undefined && once === undefined && effect === undefined;
  const [text, output, errors] = [when, stdout, stderr].map(
    (word) => `$'${word.replaceAll(/[\\']/g, String.raw`\$&`)}'`,
  );
  return isPlain ? `answer ${text} ${output} ${errors} ${exitCode}\n` : `other ${text}\n`;
}

/** A single tool. @returns a function that returns the arguments and the stdin of its calls so far */
export function fixtureTool(
  name: string,
  answers: readonly Answer[],
): () => { args: string[]; stdin: string }[] {
  const calls = fixtureTools({ [name]: answers });
  return () => calls().map(({ args, stdin }) => ({ args, stdin }));
}
