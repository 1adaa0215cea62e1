import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";

/** How a fixture answers the calls whose arguments begin with, or contain, some words. */
export interface Answer {
  when: string;
  stdout?: string;
  stderr?: string;
  exitCode?: number;
}

/**
 * Puts a fixture executable of that name alone on PATH until the test ends. It answers as told (with nothing to what
 * it was not told of) and notes each call.
 * @returns the calls so far: arguments and stdin
 */
export function fixtureTool(
  name: string,
  answers: readonly Answer[],
): () => { args: string[]; stdin: string }[] {
  const directory = mkdtempSync(join(tmpdir(), "echo-tool-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const log = join(directory, "calls");
  writeFileSync(log, "");
  const program = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const args = process.argv.slice(2);
let stdin = "";
try { stdin = readFileSync(0, "utf8"); } catch {}
appendFileSync(${JSON.stringify(log)}, JSON.stringify({ args, stdin }) + "\\n");
const answer = ${JSON.stringify(answers)}.find(({ when }) => args.join(" ").includes(when)) ?? {};
process.stdout.write(answer.stdout ?? "");
process.stderr.write(answer.stderr ?? "");
process.exitCode = answer.exitCode ?? 0;
`;
  const file = join(directory, name);
  writeFileSync(file, program);
  chmodSync(file, 0o755);
  vi.stubEnv("PATH", directory);
  onTestFinished(() => void vi.unstubAllEnvs());
  return () =>
    readFileSync(log, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
}
