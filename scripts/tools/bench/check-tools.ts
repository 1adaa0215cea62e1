import { cpus, platform } from "node:os";
import { checkTool } from "../../src/adapters/checks.ts";
import { run } from "../../src/adapters/command.ts";
import { UserError } from "../../src/lib/errors.ts";
import { preflight } from "../../src/lib/preflight.ts";

/**
 * Checks what each measurement needs.
 * @throws {UserError} if this machine cannot pin a server and its load to a core each
 * @throws {PreflightError} if a tool is missing
 */
export async function checkTools(): Promise<void> {
  if (platform() !== "linux" || cpus().length < 2)
    throw new UserError("The benchmark needs Linux and two cores: one for the server, one for the load.");
  await preflight([
    checkTool("taskset", () => run("taskset", ["--version"]), "Install it: apt-get install util-linux"),
    checkTool("wrk", () => run("which", ["wrk"]), "Install it: apt-get install wrk"),
  ]);
}
