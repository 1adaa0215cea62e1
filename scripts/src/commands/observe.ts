import type { Command } from "commander";
import type { ClusterOptions } from "../adapters/cluster.ts";
import type { Color } from "../domain/color.ts";
import { color, durationBetween, httpUrl, port, wholeNumber } from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";
import type { LoadOptions } from "../observe/load.ts";
import type { OpenOptions } from "../observe/open.ts";
import type { StatusOptions } from "../observe/status.ts";
import type { WatchOptions } from "../observe/watch.ts";
import type { PlaceOptions } from "../traffic/place/open-place.ts";
import {
  argument,
  CLUSTER_OPTIONS,
  clusterCommand,
  option,
  registryOf,
  registryOption,
  rejectIdle,
} from "./options.ts";

/** The commands that look at a cluster, and change none of its releases. */
export function addObserve(program: Command, context: Context): void {
  // For the jumpbox, which leaves the options after its command's name to that command.
  program.enablePositionalOptions();
  clusterCommand(program, "jumpbox", "run a command in the jumpbox (default: curl both backends)")
    .argument("[command...]", "the command and its arguments, after the options of the jumpbox")
    .passThroughOptions()
    .action(async (command: string[], options: ClusterOptions) =>
      (await import("../observe/jumpbox.ts")).jumpbox(command, options, context),
    );

  clusterCommand(program, "watch", "request a URL every 0.25 s, and show who responds")
    .addArgument(
      argument(
        "[url]",
        "URL",
        "the URL (default: the frontend's stable name, or blue before it exists)",
        httpUrl,
      ),
    )
    .option("--local", "from this machine, to the running pnpm dev (default: through the jumpbox)")
    .option("--json", "one line of JSON for each response, and for the summary")
    .action(async (url: string | undefined, options: WatchOptions, command: Command) => {
      rejectIdle(command, options.local ? CLUSTER_OPTIONS : [], "with --local");
      await (await import("../observe/watch.ts")).watch(url, options, context);
    });

  clusterCommand(program, "preview", "send requests to a colour, whatever the weights are")
    .addArgument(argument("<color>", "colour", "colour that responds", color))
    .addArgument(argument("[url]", "URL", "the URL (default: the frontend)", httpUrl))
    .option("--local", "the running pnpm dev instead of a cluster")
    .action(async (to: Color, url: string | undefined, options: PlaceOptions, command: Command) => {
      rejectIdle(command, options.local ? CLUSTER_OPTIONS : [], "with --local");
      await (await import("../traffic/preview.ts")).preview(to, url, options, context);
    });

  const duration = durationBetween("1s", "60m");
  clusterCommand(program, "load", "load a frontend from the jumpbox, and show its replicas, CPU and rate")
    .addArgument(argument("[url]", "URL", "the URL (default: the frontend itself)", httpUrl))
    .addOption(option("--color <color>", "which frontend", color, "blue"))
    .addOption(option("--rate <number>", "requests per second", wholeNumber(1, 300), 100))
    .addOption(option("--duration <time>", "for how long", duration).default(180_000, "3m"))
    .action(async (url: string | undefined, options: LoadOptions) =>
      (await import("../observe/load.ts")).load(url, options, context),
    );

  clusterCommand(program, "open", "forward a port to the deployed frontend, for its live page")
    .addOption(option("--color <color>", "which frontend (default: where the stable name leads)", color))
    .addOption(option("--port <number>", "port on this machine (0: any free one)", port, 8088))
    .action(async (options: OpenOptions) => (await import("../observe/open.ts")).open(options, context));

  clusterCommand(program, "status", "images, helm releases, deployments and services")
    .option("-A, --all-namespaces", "one line for each namespace of a class")
    .addOption(registryOption("registry of the images"))
    .action(async (options: StatusOptions & { allNamespaces?: boolean }, command: Command) => {
      const idle = ["namespace", "jumpboxImage", "registry"];
      rejectIdle(command, options.allNamespaces ? idle : [], "with --all-namespaces");
      if (options.allNamespaces)
        return (await import("../traffic/class-status.ts")).classStatus(options, context);
      const registry = registryOf(options, context);
      return (await import("../observe/status.ts")).status({ ...options, registry }, context);
    });
}
