import { type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { preflight } from "../release/preflight.ts";
import { confirm, print } from "../terminal.ts";
import { type Mode, openStableName } from "../traffic/stable-name.ts";
import { describeWeights } from "../traffic/weights.ts";
import { withLease } from "./lease.ts";

export interface ModeOptions extends ClusterOptions {
  className?: string;
  address?: string;
  yes?: boolean;
}

/** Changes how the stable names lead to the colours. Requests may be lost while DNS caches still say otherwise. */
export async function changeMode(
  mode: Mode,
  { className, address, yes = false, ...options }: ModeOptions,
): Promise<void> {
  const cluster = openCluster(options);
  await preflight({ cluster });
  const name = openStableName("echo-backend", cluster);
  await withLease(cluster, `mode to ${mode}`, async () => {
    const before = await name.read();
    if (before.mode === mode) return print(`Nothing to change: the mode is ${mode} already.`);
    await confirm(
      `Changing the mode from ${before.mode} to ${mode} under traffic may lose requests: what the stable name resolves to changes, and clients remember the old answer for a while.`,
      yes,
    );
    await name.setMode(mode, { ...(className && { className }), ...(address && { address }) });
    print(`The mode is ${mode} now, ${describeWeights(before.weights)}.`);
  });
}
