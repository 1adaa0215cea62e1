import type { Command } from "commander";
import type { Context } from "../lib/context.ts";
import type { StatusOptions } from "../observe/status.ts";
import { clusterCommand, registryOf, registryOption } from "./options.ts";

export function addStatus(program: Command, context: Context): void {
  clusterCommand(program, "status", "images, helm releases, deployments and services")
    .addOption(registryOption("registry of the images"))
    .action(async (options: StatusOptions) => {
      const registry = registryOf(options, context);
      const { status } = await import("../observe/status.ts");
      await status({ ...options, registry }, context);
    });
}
