import type { Command } from "commander";
import { color, option, port } from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";
import type { OpenOptions } from "../observe/open.ts";
import { clusterCommand } from "./options.ts";

export function addOpen(program: Command, context: Context): void {
  clusterCommand(program, "open", "forward a port to the deployed frontend, for its live page")
    .addOption(option("--color <color>", "which frontend", color).default("blue"))
    .addOption(option("--port <number>", "port on this machine (0: any free one)", port).default(8088))
    .action(async (options: OpenOptions) => {
      const { open } = await import("../observe/open.ts");
      await open(options, context);
    });
}
