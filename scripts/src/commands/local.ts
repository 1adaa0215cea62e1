import type { Command } from "commander";
import type { DevOptions } from "../dev/dev.ts";
import type { KindOptions } from "../kind/kind.ts";
import type { Context } from "../lib/context.ts";

export function addDev(program: Command, context: Context): void {
  program
    .command("dev")
    .description("run blue, green and the frontend on this machine, rebuilt on change")
    .option("--host", "listen on all addresses of this machine (default: only this machine reaches it)")
    .option("--requests", "show a line for each request from the start (default: the key l does)")
    .action(async (options: DevOptions) => (await import("../dev/dev.ts")).dev(options, context));
}

export function addClusterKind(program: Command, context: Context): void {
  program
    .command("cluster:kind")
    .description("create a kind cluster, and its registry at localhost:5000")
    .option("--delete", "delete both, with everything in them")
    .option("--dry-run", "print the plan and change nothing")
    .action(async (options: KindOptions) => (await import("../kind/kind.ts")).clusterKind(options, context));
}
