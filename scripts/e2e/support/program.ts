import { readFile } from "node:fs/promises";
import { cluster, NAMESPACE } from "./system.ts";

/** The command that runs a program of this folder, which imports nothing but Node, in a container with Node. */
export async function programCommand(program: string): Promise<string[]> {
  const code = await readFile(new URL(`${program}.ts`, import.meta.url), "utf8");
  return ["/usr/local/bin/node", "--input-type=module-typescript", "--eval", code];
}

/** Runs a program of this folder in a pod that has Node. @returns what it prints */
export async function runProgram(
  pod: string,
  program: string,
  ...args: readonly (string | number)[]
): Promise<string> {
  const command = [...(await programCommand(program)), "--", ...args.map(String)];
  return cluster.kubectl.exec(NAMESPACE, pod, command);
}
