import type { Command } from "commander";
import type { Context } from "../lib/context.ts";
import type { UndeployOptions } from "../release/undeploy.ts";
import { clusterCommand, registryOf, registryOption } from "./options.ts";

export function addUndeploy(program: Command, context: Context): void {
  clusterCommand(program, "undeploy", "remove the helm releases")
    .option("--all", "the ECR repositories and the jumpbox too")
    .addOption(registryOption("registry of the repositories"))
    .option("-y, --yes", "skip the prompt")
    .action(async (options: UndeployOptions) => {
      const registry = registryOf(options, context);
      const { undeploy } = await import("../release/undeploy.ts");
      await undeploy({ ...options, registry }, context);
    });
}
