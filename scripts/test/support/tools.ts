import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { onTestFinished, vi } from "vitest";

/** How a fixture answers the calls whose arguments begin with, or contain, some words. */
export interface Answer {
  when: string;
  stdout?: string;
  stderr?: string;
  exitCode?: number;
  /** Only to the first such call. */
  once?: boolean;
  /** JavaScript that it runs at last. */
  code?: string;
}

const Call = v.object({
  tool: v.string(),
  args: v.array(v.string()),
  stdin: v.string(),
  env: v.record(v.string(), v.string()),
});
export type Call = v.InferOutput<typeof Call>;

/**
 * Puts fixture executables alone on PATH until the test ends. Each answers as told (with nothing to what it was not
 * told of) and notes each call.
 * @returns the calls so far: tool, arguments, stdin and environment
 */
export function fixtureTools(tools: Readonly<Record<string, readonly Answer[]>>): () => Call[] {
  const directory = mkdtempSync(join(tmpdir(), "echo-tool-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const log = join(directory, "calls");
  writeFileSync(log, "");
  for (const [name, answers] of Object.entries(tools)) {
    const file = join(directory, name);
    writeFileSync(file, program(name, answers, log));
    chmodSync(file, 0o755);
  }
  vi.stubEnv("PATH", directory);
  onTestFinished(() => void vi.unstubAllEnvs());
  return () =>
    readFileSync(log, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => v.parse(Call, JSON.parse(line)));
}

/** One fixture executable of that name. @returns the calls so far: arguments and stdin */
export function fixtureTool(
  name: string,
  answers: readonly Answer[],
): () => { args: string[]; stdin: string }[] {
  const calls = fixtureTools({ [name]: answers });
  return () => calls().map(({ args, stdin }) => ({ args, stdin }));
}

function program(tool: string, answers: readonly Answer[], log: string): string {
  return `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
let stdin = "";
try { stdin = readFileSync(0, "utf8"); } catch {}
const call = { tool: ${JSON.stringify(tool)}, args, stdin, env: process.env };
const said = args.join(" ");
// What follows the last line end is a call that another fixture is still noting.
const before = readFileSync(${JSON.stringify(log)}, "utf8").split("\\n").slice(0, -1).map((line) => JSON.parse(line).args.join(" "));
appendFileSync(${JSON.stringify(log)}, JSON.stringify(call) + "\\n");
const fits = ({ when, once }) => said.includes(when) && !(once && before.some((words) => words.includes(when)));
const answer = ${JSON.stringify(answers)}.find(fits) ?? {};
process.stdout.write(answer.stdout ?? "");
process.stderr.write(answer.stderr ?? "");
process.exitCode = answer.exitCode ?? 0;
eval(answer.code ?? "");
`;
}
