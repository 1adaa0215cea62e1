import { fileURLToPath } from "node:url";
import { CommandError, run } from "../../src/adapters/command.ts";
import { GO_PROGRAM } from "./contenders.ts";

const SOURCE = fileURLToPath(new URL("go/", import.meta.url));

/**
 * Builds the reference service in Go. @returns whether go is installed
 * @throws {CommandError} if the build fails
 */
export async function buildGo(): Promise<boolean> {
  try {
    await run("go", ["build", "-o", GO_PROGRAM, "."], { cwd: SOURCE });
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.missing) return false;
    throw error;
  }
}
