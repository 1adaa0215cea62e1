import { cpus, platform } from "node:os";
import { autocannon } from "../../src/adapters/autocannon.ts";
import { run } from "../../src/adapters/command.ts";
import type { LoadTool } from "../../src/adapters/load-tool.ts";
import { wrk } from "../../src/adapters/wrk.ts";
import { UserError } from "../../src/lib/errors.ts";

/**
 * Finds the load generator: wrk, or autocannon if wrk is not installed.
 * @throws {UserError} if this machine cannot pin a server and its load to a core each
 */
export async function findLoadTool(): Promise<LoadTool> {
  if (platform() !== "linux" || cpus().length < 2)
    throw new UserError("The benchmark needs Linux and two cores: one for the server, one for the load.");
  if (!(await isInstalled("taskset")))
    throw new UserError("The benchmark needs taskset: apt-get install util-linux");
  return (await isInstalled("wrk")) ? wrk : autocannon;
}

function isInstalled(tool: string): Promise<boolean> {
  return run("which", [tool]).then(
    () => true,
    () => false,
  );
}
