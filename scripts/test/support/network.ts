import { once } from "node:events";
import { execa } from "execa";

/** How to make and enter a network namespace: as root, and as a user whom the kernel lets have one. */
const WAYS = [
  { make: ["--net"], enter: (pid: number) => [`--net=/proc/${pid}/ns/net`] },
  {
    make: ["--user", "--map-root-user", "--net"],
    enter: (pid: number) => [`--target=${pid}`, "--user", "--net", "--preserve-credentials"],
  },
];
const HOLD = "ip link set lo up && echo up && exec sleep infinity";

/**
 * A network namespace with only a loopback: the ports of `pnpm dev` are free there, and there is no way out.
 * @returns the command that runs a command in it, and a function that removes it. The command is empty if this machine has no
 * such thing: then the network is that of this machine.
 */
export async function openNetwork(): Promise<{ network: readonly string[]; close: () => void }> {
  for (const { make, enter } of WAYS) {
    const holder = execa("unshare", [...make, "sh", "-c", HOLD], { reject: false, stdin: "ignore" });
    const up = once(holder.stdout, "data").then(
      () => true,
      () => false,
    );
    const isUp = await Promise.race([up, holder.then(() => false)]);
    if (isUp && holder.pid !== undefined)
      return { network: ["nsenter", ...enter(holder.pid)], close: () => void holder.kill() };
  }
  return { network: [], close: () => undefined };
}
