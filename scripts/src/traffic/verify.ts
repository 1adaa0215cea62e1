import { connectCluster } from "../adapters/checks.ts";
import type { ClusterOptions } from "../adapters/cluster.ts";
import { isError, type Sample } from "../domain/sample.ts";
import { describeWeights, sameWeights, type Target, type Weights, weightsOf } from "../domain/weights.ts";
import type { ServiceName } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import { waitFor } from "../lib/wait.ts";
import { openClusterPlace } from "./place/cluster-place.ts";
import { EXIT_FAILED_REQUESTS } from "./conduct.ts";
import { counted, waitUntilFollowed } from "./judge/follow.ts";
import { readLiveWeights } from "./stable-name/live-weights.ts";
import type { Place } from "./place/place.ts";
import { type Reporter, withReporter } from "./reporter.ts";
import { VERIFY_NEEDS } from "./rights.ts";
import type { Follower } from "./place/switch.ts";

export interface VerifyOptions extends ClusterOptions {
  service: ServiceName;
  /** The weights to wait for. Undefined takes those that the cluster has. */
  target: Target | undefined;
  /** How long the weights may take to reach the cluster, in ms. */
  timeout: number;
  /** Between two looks at the cluster, in ms. Default: 1000. */
  pollMs?: number;
  /** One JSON object per line. */
  json?: boolean | undefined;
}

/**
 * Proves a shift that someone else applies, such as a GitOps tool: waits for the weights, for the gateway, and until the
 * requests follow. It changes nothing, and needs no lock.
 */
export async function verifyShift(
  options: VerifyOptions,
  { signal, live, setExitCode }: Pick<Context, "signal" | "live" | "setExitCode">,
): Promise<void> {
  const { service, target } = options;
  const expected = target && weightsOf(target.color, target.percent);
  await withReporter({ json: options.json, live }, async (reporter) => {
    reporter.say(
      "start",
      `verify ${service}: ${expected ? describeWeights(expected) : "as the cluster has it"}`,
    );
    const cluster = await connectCluster(options, VERIFY_NEEDS, { signal });
    await cluster.jumpbox.ensure(signal);
    const place = openClusterPlace(cluster);
    const compare = await place.remember();
    const read = () => readLiveWeights(service, cluster);
    const weights = await waitForWeights(service, read, expected, { ...options, signal, reporter });
    const { requests, failed } = await observe(weights, place, options, signal, reporter);
    for (const line of await compare()) reporter.say("note", line);
    const outcome =
      failed === 0 ? `None of ${requests} requests failed.` : `${failed} of ${requests} requests failed.`;
    const exitCode = failed === 0 ? 0 : EXIT_FAILED_REQUESTS;
    const fields = { result: "verified", weights, requests, failed, exitCode };
    reporter.say("result", `Verified: ${describeWeights(weights)}. ${outcome}`, fields);
    if (exitCode !== 0) setExitCode(exitCode);
  });
}

interface WaitOptions extends Pick<VerifyOptions, "timeout" | "pollMs"> {
  signal: AbortSignal;
  reporter: Reporter;
}

/** Waits until the cluster has the weights, and its gateway uses them. @throws {UserError} with what is there instead */
async function waitForWeights(
  service: ServiceName,
  read: () => ReturnType<typeof readLiveWeights>,
  expected: Weights | undefined,
  { timeout, pollMs = 1000, signal, reporter }: WaitOptions,
): Promise<Weights> {
  let last: Awaited<ReturnType<typeof read>> | undefined;
  reporter.doing(`Waiting for ${expected ? describeWeights(expected) : "the stable name"} …`);
  const check = async () => {
    last = await read();
    const { weights, problem } = last;
    const isThere = weights !== undefined && (expected === undefined || sameWeights(weights, expected));
    return isThere && problem === undefined ? weights : undefined;
  };
  const weights = await waitFor(check, { timeoutMs: timeout, intervalMs: pollMs, signal });
  if (weights) {
    reporter.say("step", `the cluster has ${describeWeights(weights)}`, { weights });
    return weights;
  }
  const found = last?.weights ? describeWeights(last.weights) : "no weights of the colours";
  const wanted = expected ? describeWeights(expected) : "weights of blue and green";
  const reason = last?.problem === undefined ? "" : ` ${last.problem}.`;
  throw new UserError(
    [
      `The cluster has ${found} for ${service} after ${timeout / 1000} s, expected ${wanted}.${reason}`,
      "Check that the tool which applies them has finished, or use a longer --timeout.",
    ].join("\n"),
  );
}

/** Samples until the traffic follows, at the stable name and behind the frontends. */
async function observe(
  weights: Weights,
  place: Place,
  { service }: VerifyOptions,
  signal: AbortSignal,
  reporter: Reporter,
): Promise<{ requests: number; failed: number }> {
  const counts = { requests: 0, failed: 0 };
  const count = (samples: readonly Sample[]) => {
    counts.requests += samples.length;
    counts.failed += samples.filter(isError).length;
  };
  const follow = ({ sample }: Pick<Follower, "sample">) =>
    waitUntilFollowed(counted(sample, count), weights, "green", { signal, onProgress: reporter.doing });
  const traffic = place.open(service);
  reporter.say("step", `${traffic.stableName}: ${await follow(traffic)}`, { weights });
  for (const follower of await traffic.followers((text) => reporter.say("note", text)))
    reporter.say("note", `${follower.name} follows: ${await follow(follower)} more`, {
      client: follower.name,
    });
  return counts;
}
