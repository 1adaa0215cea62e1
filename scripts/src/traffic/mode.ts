import { connectCluster } from "../adapters/checks.ts";
import type { ClusterOptions } from "../adapters/cluster.ts";
import type { Mode } from "../domain/mode.ts";
import { describeWeights } from "../domain/weights.ts";
import type { Context } from "../lib/context.ts";
import { confirm, print } from "../lib/terminal.ts";
import { openClusterLease } from "./cluster-lease.ts";
import { withLease } from "./lease.ts";
import { openTrafficRelease } from "./traffic-release.ts";

export interface ModeOptions extends ClusterOptions {
  /** Mode gateway: the GatewayClass. Default: as it is. */
  className?: string;
  /** Mode gateway: DNS name of the controller's Service. Default: as it is. */
  address?: string;
  yes?: boolean;
}

/** Changes how the stable names lead to the colours. Clients may lose requests until their DNS caches expire. */
export async function changeMode(
  mode: Mode,
  { className, address, yes = false, ...options }: ModeOptions,
  context: Context,
): Promise<void> {
  const cluster = await connectCluster(options);
  const release = openTrafficRelease(cluster);
  await withLease(
    openClusterLease(cluster),
    `mode to ${mode}`,
    context.signal,
    async ({ signal, confirm: held }) => {
      const before = await release.read();
      if (before.mode === mode) return print(`Nothing to change: the mode is ${mode} already.`);
      await confirm(
        `Changing the mode from ${before.mode} to ${mode} under traffic may lose requests: the stable name resolves to another address, and clients cache the old one for a while.`,
        yes,
        context,
      );
      signal.throwIfAborted();
      const values = {
        mode,
        ...(className && { "gateway.className": className }),
        ...(address && { "gateway.address": address }),
      };
      await release.apply({ values, description: `mode ${mode}` }, held);
      print(`The mode is ${mode} now, ${describeWeights(before.backend.weights)}.`);
    },
  );
}
