import type { Command } from "commander";
import { argument, httpUrl } from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";
import type { WatchOptions } from "../observe/watch.ts";
import { clusterCommand } from "./options.ts";

export function addWatch(program: Command, context: Context): void {
  clusterCommand(program, "watch", "request a URL every 0.25 s through the jumpbox, and show who responds")
    .addArgument(argument("[url]", "URL", "the URL (default: the blue frontend)", httpUrl))
    .option("--json", "one line of JSON for each response, and for the summary")
    .action(async (url: string | undefined, options: WatchOptions) => {
      const { watch } = await import("../observe/watch.ts");
      await watch(url, options, context);
    });
}
