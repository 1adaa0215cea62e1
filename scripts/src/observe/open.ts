import { connectCluster } from "../adapters/checks.ts";
import type { ClusterOptions } from "../adapters/cluster.ts";
import type { Color } from "../domain/color.ts";
import { workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { print } from "../lib/terminal.ts";

export interface OpenOptions extends ClusterOptions {
  color: Color;
  /** The port on this machine; 0 chooses a free one. */
  port: number;
}

/** Forwards a port of this machine to a deployed frontend and prints the URL of its live page, until Ctrl-C. */
export async function open({ color, port, ...options }: OpenOptions, { signal }: Context): Promise<void> {
  const { kubectl, namespace } = await connectCluster(options, { signal });
  const { name } = workload("echo-frontend", color);
  const onLine = (line: string) => {
    const address = /^Forwarding from (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address !== undefined) print(`The live page of ${name}: http://${address}/\nCtrl-C quits.`);
  };
  const forward = ["port-forward", "-n", namespace, `service/${name}`, `${port === 0 ? "" : port}:80`];
  try {
    await kubectl.run(forward, { onLine });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
