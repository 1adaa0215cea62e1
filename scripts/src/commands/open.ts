import { type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { interruption } from "../interrupt.ts";
import { workload } from "../names.ts";
import { preflight } from "../release/preflight.ts";
import { print } from "../terminal.ts";
import type { Color } from "../versions.ts";

export interface OpenOptions extends ClusterOptions {
  color: Color;
  /** Port on this machine; 0 takes a free one. */
  port: string;
}

/** Forwards a port of this machine to a deployed frontend and says where its live page is, until Ctrl-C. */
export async function open({ color, port, ...options }: OpenOptions): Promise<void> {
  const { kubectl, namespace } = openCluster(options);
  await preflight({ cluster: openCluster(options) });
  const signal = interruption();
  const { name } = workload("echo-frontend", color);
  const onLine = (line: string) => {
    const address = /^Forwarding from (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address !== undefined) print(`The live page of ${name}: http://${address}/\nCtrl-C ends it.`);
  };
  try {
    const target = ["port-forward", "-n", namespace, `service/${name}`, `${port === "0" ? "" : port}:80`];
    await kubectl.run(target, { onLine, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
