import { connectCluster } from "../adapters/checks.ts";
import type { ClusterOptions } from "../adapters/cluster.ts";
import { COLORS } from "../domain/color.ts";
import { serviceUrl, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { JUMPBOX_NEEDS } from "./rights.ts";

/** Runs a command in the jumpbox and ends with its exit code. Default: curl both backends. */
export async function jumpbox(
  command: readonly string[],
  options: ClusterOptions,
  { signal, setExitCode }: Context,
): Promise<void> {
  const cluster = await connectCluster(options, JUMPBOX_NEEDS, { signal });
  await cluster.jumpbox.ensure();
  const urls = COLORS.map((color) => serviceUrl(workload("echo-backend", color).name, cluster.namespace));
  const curl = ["curl", "-sS", "--max-time", "5", ...urls];
  setExitCode(await cluster.jumpbox.execOnTerminal(command.length > 0 ? command : curl));
}
