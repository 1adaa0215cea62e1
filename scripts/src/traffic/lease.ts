import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { createKubectl, type Kubectl } from "../adapters/kubectl.ts";
import { TRAFFIC_RELEASE } from "../domain/workload.ts";
import { UserError } from "../lib/errors.ts";
import { print } from "../lib/terminal.ts";
import { pause } from "../lib/wait.ts";

/** The annotation that describes the shift, for the user who finds the lease after a crash. */
const INTENT = "echo-traffic/shift";

/** In ms. */
export interface LeaseTiming {
  /** A holder that has not renewed for this long has crashed. Longer than an API server's restart. */
  duration: number;
  renewEvery: number;
  /** A holder that could not renew for this long gives up, before someone else may take over. */
  lostAfter: number;
}
const TIMING: LeaseTiming = { duration: 45_000, renewEvery: 5000, lostAfter: 35_000 };

const Lease = v.object({
  metadata: v.object({
    resourceVersion: v.string(),
    annotations: v.optional(v.record(v.string(), v.string()), {}),
  }),
  spec: v.object({
    holderIdentity: v.optional(v.string(), ""),
    renewTime: v.optional(v.string()),
    leaseDurationSeconds: v.optional(v.number(), TIMING.duration / 1000),
  }),
});
type Lease = v.InferOutput<typeof Lease>;

/** The lease was lost: someone else may shift the traffic now. */
export class LeaseLostError extends UserError {
  override name = "LeaseLostError";
}

/**
 * Runs `work` while no one else shifts traffic in the namespace.
 * @param intent describes the work to others
 * @param work gets a signal that aborts when `signal` does, or with a LeaseLostError when the lease is lost
 * @throws {UserError} if someone else holds the lease
 */
export async function withLease<T>(
  { kubectl, context, namespace }: Cluster,
  intent: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  timing = TIMING,
): Promise<T> {
  const holder = `${userInfo().username}@${hostname()}/${randomUUID().slice(0, 8)}`;
  const lease = openLease(kubectl, namespace, holder, intent);
  await acquire(lease, timing, signal);
  const lost = new AbortController();
  const done = new AbortController();
  // A renewal must not outlast the lease.
  const withoutRetries = openLease(createKubectl({ context, retryMs: 0 }), namespace, holder, intent);
  const renewing = renew(withoutRetries, timing, lost, done.signal);
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    done.abort();
    await renewing;
    if (!lost.signal.aborted) await release(lease, timing);
  }
}

type LeaseObject = ReturnType<typeof openLease>;

/** The Lease object of a namespace, as one holder writes it. */
function openLease(kubectl: Kubectl, namespace: string, holder: string, intent: string) {
  const manifest = (holderIdentity: string, resourceVersion?: string) => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: TRAFFIC_RELEASE, namespace, resourceVersion, annotations: { [INTENT]: intent } },
    spec: {
      holderIdentity,
      leaseDurationSeconds: TIMING.duration / 1000,
      renewTime: new Date().toISOString().replace("Z", "000Z"),
    },
  });
  return {
    holder,
    read: () => kubectl.find(Lease, ["lease", TRAFFIC_RELEASE, "-n", namespace]),
    /** @returns false if it already exists */
    create: () => kubectl.create(manifest(holder)),
    /** Takes or renews the lease. @returns false if it has changed since `resourceVersion` */
    hold: (resourceVersion?: string) => kubectl.replace(manifest(holder, resourceVersion)),
    release: () => kubectl.replace(manifest("")),
  };
}

async function acquire(lease: LeaseObject, timing: LeaseTiming, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const found = await lease.read();
    const holder = found?.spec.holderIdentity ?? "";
    // Our own write succeeded although its response was lost.
    if (holder === lease.holder) return;
    if (found && holder !== "") await waitForCrashed(lease, found, timing, signal);
    if (!(await (found ? lease.hold(found.metadata.resourceVersion) : lease.create()))) continue;
    if (found && holder !== "")
      print(`The last shift (${intentOf(found)}, by ${holder}) did not end. This one takes over its lock.`);
    return;
  }
}

/** Returns if the holder has crashed. Its clock may differ from ours, so we also wait for a renewal that does not come. */
async function waitForCrashed(lease: LeaseObject, found: Lease, timing: LeaseTiming, signal: AbortSignal) {
  const { holderIdentity, leaseDurationSeconds, renewTime } = found.spec;
  const left = Date.parse(renewTime ?? "") + leaseDurationSeconds * 1000 - Date.now();
  const refusal = new UserError(
    [
      `${holderIdentity} is shifting traffic now (${intentOf(found)}). No traffic was moved.`,
      `Wait until that shift ends. If it has crashed, its lock expires in ${Math.ceil(Math.max(0, left) / 1000)} s.`,
    ].join("\n"),
  );
  if (left > 0) throw refusal;
  await pause(timing.renewEvery * 1.5, signal);
  const now = await lease.read();
  if (now && now.metadata.resourceVersion !== found.metadata.resourceVersion) throw refusal;
}

function intentOf({ metadata }: Lease): string {
  return metadata.annotations[INTENT] ?? "unknown";
}

/** Renews until `done`. Aborts `lost` if that fails for too long. */
async function renew(lease: LeaseObject, timing: LeaseTiming, lost: AbortController, done: AbortSignal) {
  let renewed = Date.now();
  while (!lost.signal.aborted) {
    await pause(timing.renewEvery, done).catch(() => undefined);
    if (done.aborted) return;
    try {
      if ((await lease.read())?.spec.holderIdentity === lease.holder && (await lease.hold()))
        renewed = Date.now();
    } catch (error) {
      // The lease outlives an API server that is away for a while.
      if (!(error instanceof UserError)) throw error;
    }
    const { lostAfter } = timing;
    if (Date.now() - renewed > lostAfter)
      lost.abort(new LeaseLostError(`The lock of the shift could not be renewed for ${lostAfter / 1000} s.`));
  }
}

/** A failure here does not matter: the lease expires by itself. */
async function release(lease: LeaseObject, { duration }: LeaseTiming): Promise<void> {
  try {
    await lease.release();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    print(`The lock of the shift could not be released. It expires in ${duration / 1000} s.`);
  }
}
