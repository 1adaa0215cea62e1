import { type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { serviceUrl, workload } from "../names.ts";
import { preflight } from "../release/preflight.ts";
import { COLORS } from "../versions.ts";

/** Runs a command in the jumpbox and ends with its exit code; without one, curls both backends as the chapter does. */
export async function jumpbox(command: readonly string[], options: ClusterOptions): Promise<void> {
  const cluster = openCluster(options);
  await preflight({ cluster });
  await cluster.jumpbox.ensure();
  const urls = COLORS.map((color) => serviceUrl(workload("echo-backend", color).name, cluster.namespace));
  process.exitCode = await cluster.jumpbox.execOnTerminal(
    command.length > 0 ? command : ["curl", "-sS", "--max-time", "5", ...urls],
  );
}
