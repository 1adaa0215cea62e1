import { readFile } from "node:fs/promises";

/** The command that runs a program of this folder, which imports nothing but Node, in a container with Node. */
export async function programCommand(program: string): Promise<string[]> {
  const code = await readFile(new URL(`${program}.ts`, import.meta.url), "utf8");
  return ["/usr/local/bin/node", "--input-type=module-typescript", "--eval", code];
}
