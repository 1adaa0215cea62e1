import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { onTestFinished, vi } from "vitest";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

/** How a stand-in answers the calls whose arguments contain `when`. */
export interface Answer {
  when: string;
  stdout?: string;
  stderr?: string;
  exitCode?: number;
  /** What it writes to the file of its option --metadata-file. */
  metadata?: string;
  /** Answers the first such call only. */
  once?: boolean;
  /** What it does at the end. Until SIGTERM: it writes to stderr only then, and any other signal ends it at once. */
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

type Tools = Readonly<Record<string, readonly Answer[]>>;

/**
 * Replaces PATH by a folder with these tools only, until the test ends.
 * @returns a function that returns the calls so far
 */
export function fixtureTools(tools: Tools): () => Call[] {
  const folder = mkdtempSync(join(tmpdir(), "echo-tool-"));
  // A stand-in that a test has not awaited may still record its call.
  onTestFinished(() => rmSync(folder, { recursive: true, maxRetries: 20 }));
  const kubectl = tools.kubectl && { kubectl: [...tools.kubectl, SERVER_VERSION] };
  installTools(folder, { ...tools, ...kubectl });
  vi.stubEnv("PATH", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return () => readCalls(folder);
}

/** Puts stand-ins for tools into a folder. @param fixtures the folder that has them */
export function installTools(folder: string, tools: Tools, fixtures = FIXTURES): void {
  const paths = `node=${quoted(process.execPath)} docker_config=${quoted(join(fixtures, "docker-config.mjs"))}\n`;
  for (const [name, answers] of Object.entries(tools)) {
    const script = answers.map((answer, index) => inBash(answer, `${name}-${index}`));
    writeFileSync(join(folder, `answers-${name}`), paths + script.join(""));
    symlinkSync(join(fixtures, "tool.bash"), join(folder, name));
  }
}

/** An answer as a command of tool.bash. */
function inBash(answer: Answer, name: string): string {
  const { when, stdout = "", stderr = "", exitCode = 0, metadata = "", once = false, effect = "" } = answer;
  const words = [when, once ? name : "", stdout, stderr, String(exitCode), effect, metadata];
  return `answer ${words.map(quoted).join(" ")}\n`;
}

function quoted(word: string): string {
  return `$'${word.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

/** The calls of the tools in a folder, in their order. */
function readCalls(folder: string): Call[] {
  const files = readdirSync(folder).filter((name) => name.startsWith("call-"));
  const lines = files.toSorted().map((name) => readFileSync(join(folder, name), "utf8"));
  // A line without an end is still being written.
  return lines.filter((line) => line.endsWith("\n")).map((line) => v.parse(Call, JSON.parse(line)));
}

/** A single tool. @returns a function that returns the arguments and the stdin of its calls so far */
export function fixtureTool(
  name: string,
  answers: readonly Answer[],
): () => { args: string[]; stdin: string }[] {
  const calls = fixtureTools({ [name]: answers });
  return () => calls().map(({ args, stdin }) => ({ args, stdin }));
}
