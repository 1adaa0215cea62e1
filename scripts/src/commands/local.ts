import type { Command } from "commander";
import type { KindOptions } from "../kind/kind.ts";
import type { Context } from "../lib/context.ts";

export function addDev(program: Command, context: Context): void {
  program
    .command("dev")
    .description("run blue, green and the frontend on this machine, rebuilt on change")
    .action(async () => (await import("../dev/dev.ts")).dev(context));
}

export function addClusterKind(program: Command, context: Context): void {
  program
    .command("cluster:kind")
    .description("create a kind cluster on this machine, and a registry at localhost:5000 that it pulls from")
    .option("--delete", "delete both, with everything in them")
    .option("--dry-run", "print the plan and change nothing")
    .action(async (options: KindOptions) => (await import("../kind/kind.ts")).clusterKind(options, context));
}
