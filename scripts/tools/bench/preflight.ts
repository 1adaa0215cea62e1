import { cpus, platform } from "node:os";
import { autocannon } from "../../src/adapters/autocannon.ts";
import { CommandError, run } from "../../src/adapters/command.ts";
import { createDocker } from "../../src/adapters/docker.ts";
import type { LoadTool } from "../../src/adapters/load-tool.ts";
import { wrk } from "../../src/adapters/wrk.ts";
import { UserError } from "../../src/errors.ts";

/**
 * Finds the load generator: wrk, or autocannon if wrk is not installed.
 * @throws {UserError} if this machine cannot pin a server and its load to a core each
 */
export async function findLoadTool(): Promise<LoadTool> {
  if (platform() !== "linux") throw new UserError("The benchmark needs Linux, to pin processes to cores.");
  if (cpus().length < 2)
    throw new UserError("The benchmark needs two cores: one for the server, one for the load.");
  if (!(await isInstalled("taskset")))
    throw new UserError("The benchmark needs taskset: apt-get install util-linux");
  return (await isInstalled("wrk")) ? wrk : autocannon;
}

/** Whether docker can build and run images. */
export async function hasDocker(): Promise<boolean> {
  const docker = createDocker();
  return succeeds(
    async () => {
      await docker.engineVersion();
      await docker.buildxVersion();
    },
    () => false,
  );
}

/** wrk exits with 1 even if it only prints its version. */
function isInstalled(tool: string): Promise<boolean> {
  return succeeds(
    () => run(tool, ["--version"]),
    (error) => !error.missing,
  );
}

async function succeeds(
  call: () => Promise<unknown>,
  despite: (error: CommandError) => boolean,
): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof CommandError) return despite(error);
    throw error;
  }
}
