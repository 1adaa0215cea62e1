import type { Command } from "commander";
import type { ClusterOptions } from "../adapters/cluster.ts";
import type { Context } from "../lib/context.ts";
import { clusterCommand } from "./options.ts";

export function addJumpbox(program: Command, context: Context): void {
  clusterCommand(program, "jumpbox", "run a command in the jumpbox (default: curl both backends)")
    .argument("[command...]", "the command and its arguments, after --")
    .action(async (command: string[], options: ClusterOptions) => {
      const { jumpbox } = await import("../observe/jumpbox.ts");
      await jumpbox(command, options, context);
    });
}
