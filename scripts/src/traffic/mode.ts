import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import type { Mode } from "../domain/mode.ts";
import { describeWeights, liveColors, type Weights } from "../domain/weights.ts";
import type { Context } from "../lib/context.ts";
import { InterruptedError, UserError } from "../lib/errors.ts";
import { confirm, print } from "../lib/terminal.ts";
import { pause } from "../lib/wait.ts";
import { openClusterLease } from "./lease/cluster-lease.ts";
import { openClusterPlace } from "./place/cluster-place.ts";
import { openClusterSwitch } from "./place/cluster-switch.ts";
import { waitUntilFollowed } from "./judge/follow.ts";
import { refreshEndpoints } from "./stable-name/endpoints.ts";
import { checkGateway } from "./stable-name/gateway-check.ts";
import { LeaseLostError, withLease } from "./lease/lease.ts";
import { checkWeights, type GatewayOptions, isNothingToChange, prepareGateway } from "./mode-check.ts";
import { MODE_NEEDS } from "./rights.ts";
import {
  enabledServices,
  openTrafficRelease,
  type TrafficChange,
  type TrafficValues,
} from "./stable-name/traffic-release.ts";
import { refuseUnfinished, unfinishedIn } from "./unfinished.ts";

export interface ModeOptions extends ClusterOptions, GatewayOptions {
  /** Mode service: how long the Gateway serves clients that still use it, in ms. */
  drain: number;
  yes?: boolean;
}

/** Changes how the stable names lead to the colours. A failure restores the mode that was there before. */
export async function changeMode(mode: Mode, options: ModeOptions, context: Context): Promise<void> {
  const cluster = await connectCluster(options, MODE_NEEDS);
  await cluster.jumpbox.ensure(context.signal);
  const release = openTrafficRelease(cluster);
  await withLease(openClusterLease(cluster), `mode to ${mode}`, context.signal, async (held) => {
    const place = openClusterPlace(cluster);
    const unfinished = unfinishedIn(held.annotations, place);
    if (unfinished) throw refuseUnfinished(unfinished, place.flags);
    const before = await release.read();
    if (isNothingToChange(mode, options, before, cluster.flags)) {
      print(`Nothing to change: the mode is ${mode} already.`);
      return;
    }
    await (mode === "gateway"
      ? prepareGateway(options, before, cluster, held.signal)
      : checkWeights(before, cluster.flags));
    await confirm(
      `Changing the mode from ${before.mode} to ${mode} under traffic may lose requests: the stable name resolves to another address, and clients cache the old one for a while.`,
      options.yes ?? false,
      context,
    );
    const change: Change = {
      options,
      before,
      cluster,
      signal: held.signal,
      apply: (values) => release.apply({ ...values, description: `mode ${mode}` }, held.confirm),
    };
    try {
      await (mode === "gateway" ? toGateway(change) : toService(change));
    } catch (error) {
      const restore = async () => {
        if (before.mode === "service") await refreshStableNames(before, cluster);
        await release.restore(held.confirm);
      };
      throw await undo(error, before.mode, restore, held.signal);
    }
    print(`The mode is ${mode} now, ${describeWeights(before.backend.weights)}.`);
  });
}

/** A change of the mode, under the lease. */
interface Change {
  options: ModeOptions;
  before: TrafficValues;
  cluster: Cluster;
  signal: AbortSignal;
  apply: (change: TrafficChange) => Promise<void>;
}

/** Creates the Gateway and the routes, tests them, and only then changes the stable name. */
async function toGateway({ options, before, cluster, signal, apply }: Change): Promise<void> {
  const { className, address, timeout } = options;
  signal.throwIfAborted();
  const values = className ? { "gateway.className": className } : {};
  await apply({ values, typedValues: { "gateway.staged": true } });
  print("The Gateway and the routes exist. Waiting for their controller …");
  const tested = await checkGateway(cluster, {
    live: enabledServices(before).flatMap(({ weights }) => liveColors(weights)),
    address: address ?? (before.gateway.address || undefined),
    timeoutMs: timeout,
    signal,
  });
  print(`Requests with the stable name reach the live colour through ${tested}.`);
  signal.throwIfAborted();
  await apply({
    values: { mode: "gateway", "gateway.address": tested },
    typedValues: { "gateway.staged": false },
  });
  await waitForStableName(before.backend.weights, cluster, signal);
}

/** Changes the stable name, and removes the Gateway and the routes only when their clients had time to leave. */
async function toService({ options: { drain }, before, cluster, signal, apply }: Change): Promise<void> {
  signal.throwIfAborted();
  if (before.mode === "gateway") {
    await refreshStableNames(before, cluster);
    signal.throwIfAborted();
    await apply({ values: { mode: "service" }, typedValues: { "gateway.staged": true } });
    await waitForStableName(before.backend.weights, cluster, signal);
    print(`The Gateway serves late clients for ${drain / 1000} s more …`);
    await pause(drain, signal);
  }
  await apply({ typedValues: { "gateway.staged": false } });
}

/** Prepares each stable name for its pods, before it becomes a plain Service. Without the right to do so, the change goes on. */
async function refreshStableNames(before: TrafficValues, cluster: Cluster): Promise<void> {
  for (const { service, weights } of enabledServices(before)) {
    const [color = "blue"] = liveColors(weights);
    const problem = await refreshEndpoints(service, color, cluster);
    if (problem === undefined) continue;
    print(
      `For a moment, ${service} may lead to pods that are gone: its EndpointSlices could not be updated: ${problem}`,
    );
  }
}

async function waitForStableName(weights: Weights, cluster: Cluster, signal: AbortSignal): Promise<void> {
  const [color = "blue"] = liveColors(weights);
  const { stableName, sample } = openClusterSwitch("echo-backend", cluster);
  print(`${stableName}: ${await waitUntilFollowed(sample, weights, color, { signal: signal })}`);
}

/** Restores what was there before the change. @returns the error to report */
async function undo(
  cause: unknown,
  mode: Mode,
  restore: () => Promise<void>,
  { aborted, reason }: AbortSignal,
): Promise<unknown> {
  if (aborted && reason instanceof LeaseLostError) return reason;
  if (!aborted && !(cause instanceof UserError)) return cause;
  const why = aborted ? "Interrupted." : cause instanceof Error ? cause.message : String(cause);
  try {
    await restore();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const lines = [why, `The mode ${mode} could not be restored: ${error.message}`];
    return new UserError(lines.join("\n"), { cause: error });
  }
  const message = `${why}\nThe mode is ${mode} as before. What was created for the other mode is removed.`;
  return aborted ? new InterruptedError(message, { cause }) : new UserError(message, { cause });
}
