import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { CommandError } from "../adapters/command.ts";
import type { Color } from "../domain/color.ts";
import { workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import { print } from "../lib/terminal.ts";
import { pause } from "../lib/wait.ts";
import { OPEN_NEEDS } from "./rights.ts";
import { mainColor } from "./stable-frontend.ts";

/** Pause before another attempt to reach a pod, in ms. */
const RETRY_MS = 1000;
/** How often to look where the stable name leads, in ms. */
const FOLLOW_EVERY_MS = 2000;

export interface OpenOptions extends ClusterOptions {
  /** Default: where the frontend's stable name leads; blue before it exists. */
  color?: Color | undefined;
  /** The port on this machine; 0 chooses a free one. */
  port: number;
}

/** The frontend was removed, or another program took the port. Another attempt would fail too. */
const FINAL = /^Error from server \(NotFound\)|^Unable to listen on port|^error: unable to listen on any/m;

/**
 * Forwards a port of this machine to a deployed frontend and prints the URL of its live page, until Ctrl-C. kubectl forwards to
 * one pod only, so it starts again when that pod ends, and when a shift moves most of the frontend's traffic.
 */
export async function open(
  { color, port, ...options }: OpenOptions,
  { signal }: Context,
  followEveryMs = FOLLOW_EVERY_MS,
): Promise<void> {
  const cluster = await connectCluster(options, OPEN_NEEDS, { signal });
  let target = color ?? (await mainColor(cluster)) ?? "blue";
  let localPort: string | undefined;
  let isWaiting = false;
  while (!signal.aborted) {
    const done = new AbortController();
    const end = AbortSignal.any([signal, done.signal]);
    const { name } = workload("echo-frontend", target);
    let moved: Promise<Color | undefined> | undefined;
    const onLine = (line: string) => {
      const forwarded = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (forwarded === undefined) return;
      if (localPort === undefined)
        print(`The live page of ${name}: http://127.0.0.1:${forwarded}/\nCtrl-C quits.`);
      else print(`Forwarding to a new pod of ${name}.`);
      localPort = forwarded;
      if (color === undefined)
        moved = waitForMove(cluster, target, followEveryMs, end).finally(() => done.abort());
    };
    try {
      const from = localPort ?? (port === 0 ? "" : String(port));
      const forward = ["port-forward", "-n", cluster.namespace, `service/${name}`, `${from}:80`];
      await cluster.kubectl.run(forward, { onLine, signal: end });
      done.abort();
      return;
    } catch (error) {
      if (signal.aborted) return;
      done.abort();
      const next = await moved;
      if (next !== undefined) {
        target = next;
        continue;
      }
      if (localPort === undefined || !(error instanceof CommandError) || FINAL.test(error.stderr))
        throw error;
      if (/lost connection to pod/.test(error.stderr)) isWaiting = false;
      if (!isWaiting) print("The pod has ended. Waiting for another one …");
      isWaiting = true;
    }
    await pause(RETRY_MS, signal).catch(() => undefined);
  }
}

/** Waits until most of the frontend's traffic goes to another colour. @returns it; undefined after `end` */
async function waitForMove(
  cluster: Cluster,
  current: Color,
  everyMs: number,
  end: AbortSignal,
): Promise<Color | undefined> {
  for (;;) {
    await pause(everyMs, end).catch(() => undefined);
    if (end.aborted) return undefined;
    const next = await mainColor(cluster).catch((error: unknown) => {
      // The next look may succeed; the page needs only its pod.
      if (!(error instanceof UserError)) throw error;
    });
    if (next !== undefined && next !== current) return next;
  }
}
