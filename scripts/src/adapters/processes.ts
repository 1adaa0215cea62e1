import { CommandError, run } from "./command.ts";

/** A process of this machine. */
export interface Process {
  id: number;
  /** Its command line, or its name if the system does not say more. */
  command: string;
}

/** The process that listens on a port; undefined if there is none, or if no tool can name it (another user's process). */
export async function processOnPort(port: number): Promise<Process | undefined> {
  const id = (await idByLsof(port)) ?? (await idBySs(port));
  if (id === undefined) return undefined;
  const command = await output("ps", ["-o", "args=", "-p", String(id)]);
  return { id, command: command || "unknown" };
}

async function idByLsof(port: number): Promise<number | undefined> {
  return firstNumber(/^(\d+)$/m, await output("lsof", ["-nP", "-t", `-iTCP:${port}`, "-sTCP:LISTEN"]));
}

/** Many Linux systems have no lsof. */
async function idBySs(port: number): Promise<number | undefined> {
  return firstNumber(/\bpid=(\d+)/, await output("ss", ["-Hltnp", `sport = :${port}`]));
}

function firstNumber(pattern: RegExp, text: string): number | undefined {
  const [, digits] = pattern.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The output of a tool; empty if it fails or is not installed. */
async function output(file: string, args: readonly string[]): Promise<string> {
  try {
    return await run(file, args, { timeout: 10_000 });
  } catch (error) {
    if (error instanceof CommandError) return "";
    throw error;
  }
}
