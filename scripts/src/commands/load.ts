import type { Command } from "commander";
import { argument, color, durationBetween, httpUrl, option, wholeNumber } from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";
import type { LoadOptions } from "../observe/load.ts";
import { clusterCommand } from "./options.ts";

export function addLoad(program: Command, context: Context): void {
  const duration = durationBetween("1s", "60m");
  clusterCommand(program, "load", "load a frontend from the jumpbox, and show its replicas, CPU and rate")
    .addArgument(argument("[url]", "URL", "the URL (default: the frontend itself)", httpUrl))
    .addOption(option("--color <color>", "which frontend", color).default("blue"))
    .addOption(option("--rate <number>", "requests per second", wholeNumber(1, 300)).default(100))
    .addOption(option("--duration <time>", "for how long", duration).default(180_000, "3m"))
    .action(async (url: string | undefined, options: LoadOptions) => {
      const { load } = await import("../observe/load.ts");
      await load(url, options, context);
    });
}
