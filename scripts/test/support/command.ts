import { execa } from "execa";
import { ROOT } from "../../src/lib/paths.ts";

/** Runs a command of the project in its own process, with the test's environment. */
export function startCommand(...args: string[]) {
  return execa(process.execPath, [`${ROOT}scripts/src/main.ts`, ...args], { reject: false, stdin: "ignore" });
}
