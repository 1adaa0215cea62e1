import type { Command } from "commander";
import type { Context } from "../lib/context.ts";

export function addDev(program: Command, context: Context): void {
  program
    .command("dev")
    .description("run blue, green and the frontend on this machine, rebuilt on change")
    .action(async () => {
      const { dev } = await import("../dev/dev.ts");
      await dev(context);
    });
}
