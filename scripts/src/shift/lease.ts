import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import * as v from "valibot";
import { createKubectl } from "../adapters/kubectl.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { print } from "../terminal.ts";

const NAME = "echo-traffic";
/** Which shift a lease is held for, in words, for whoever finds it after a crash. */
const INTENT = "echo-traffic/shift";
/** A holder that has not renewed for this long has crashed. Longer than an API server's restart. */
const DURATION_SECONDS = 45;
const RENEW_MS = 5000;
/** A holder that could not renew for this long gives up, well before someone else may take over. */
const LOST_MS = DURATION_SECONDS * 1000 - 2 * RENEW_MS;

const Lease = v.object({
  metadata: v.object({
    resourceVersion: v.string(),
    annotations: v.optional(v.record(v.string(), v.string()), {}),
  }),
  spec: v.object({
    holderIdentity: v.optional(v.string(), ""),
    renewTime: v.optional(v.string()),
    leaseDurationSeconds: v.optional(v.number(), DURATION_SECONDS),
  }),
});
type Lease = v.InferOutput<typeof Lease>;

/**
 * Runs `work` as the only one who shifts traffic in the namespace. `signal` ends it when the lease is lost.
 * @throws {UserError} when someone else is at it
 */
export async function withLease<T>(
  cluster: Cluster,
  intent: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const me = `${userInfo().username}@${hostname()}/${randomUUID().slice(0, 8)}`;
  await acquire(cluster, me, intent);
  const lost = new AbortController();
  const done = new AbortController();
  const renewing = renew(cluster, me, intent, { lost, done: done.signal });
  try {
    return await work(lost.signal);
  } finally {
    done.abort();
    await renewing;
    if (!lost.signal.aborted) await release(cluster);
  }
}

/** A lock that cannot be released ends by itself: what the work came to matters more. */
async function release(cluster: Cluster): Promise<void> {
  try {
    await write(cluster, "", "");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    print(`The lock of the shift could not be released; it ends by itself in ${DURATION_SECONDS} s.`);
  }
}

async function acquire(cluster: Cluster, me: string, intent: string): Promise<void> {
  const lease = await read(cluster);
  if (!lease) {
    if (await cluster.kubectl.create(manifest(cluster, me, intent))) return;
    return acquire(cluster, me, intent);
  }
  const { holderIdentity: holder } = lease.spec;
  // Written by a call whose answer was lost.
  if (holder === me) return;
  if (holder !== "") await waitForCrashed(cluster, lease);
  if (!(await write(cluster, me, intent, lease.metadata.resourceVersion)))
    return acquire(cluster, me, intent);
  if (holder !== "")
    print(
      `The last shift (${lease.metadata.annotations[INTENT] ?? "unknown"}, by ${holder}) did not end; it is taken over.`,
    );
}

/** Returns once a holder has shown to be dead. Their clock may differ from ours, so it must also miss a renewal before our eyes. */
async function waitForCrashed(cluster: Cluster, lease: Lease): Promise<void> {
  const { holderIdentity, leaseDurationSeconds, renewTime } = lease.spec;
  const left = Date.parse(renewTime ?? "") + leaseDurationSeconds * 1000 - Date.now();
  const refusal = new UserError(
    [
      `${holderIdentity} is shifting traffic now (${lease.metadata.annotations[INTENT] ?? "unknown"}). No traffic was moved.`,
      `Wait until that ends. Should it have crashed, its lock ends by itself in ${Math.ceil(Math.max(0, left) / 1000)} s.`,
    ].join("\n"),
  );
  if (left > 0) throw refusal;
  await pause(RENEW_MS * 1.5);
  const now = await read(cluster);
  if (now && now.metadata.resourceVersion !== lease.metadata.resourceVersion) throw refusal;
}

async function renew(
  cluster: Cluster,
  me: string,
  intent: string,
  { lost, done }: { lost: AbortController; done: AbortSignal },
): Promise<void> {
  // A call must not outlast the lease.
  const impatient = { ...cluster, kubectl: createKubectl(cluster.context, 0) };
  let renewed = Date.now();
  while (!done.aborted && !lost.signal.aborted) {
    await pause(RENEW_MS, undefined, { signal: done }).catch(() => undefined);
    if (done.aborted) return;
    try {
      if ((await read(impatient))?.spec.holderIdentity === me && (await write(impatient, me, intent)))
        renewed = Date.now();
    } catch (error) {
      // The API server may be away for a while; the lease outlives that.
      if (!(error instanceof UserError)) throw error;
    }
    if (Date.now() - renewed > LOST_MS)
      lost.abort(new UserError(`The lock of the shift could not be kept for ${LOST_MS / 1000} s.`));
  }
}

function read({ kubectl, namespace }: Cluster): Promise<Lease | undefined> {
  return kubectl.find(Lease, ["lease", NAME, "-n", namespace]);
}

/** Writes the holder; false where `resourceVersion` is given and someone else was faster. */
function write(cluster: Cluster, holder: string, intent: string, resourceVersion?: string): Promise<boolean> {
  return cluster.kubectl.replace(manifest(cluster, holder, intent, resourceVersion));
}

function manifest({ namespace }: Cluster, holder: string, intent: string, resourceVersion?: string) {
  const now = new Date().toISOString().replace("Z", "000Z");
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: NAME,
      namespace,
      annotations: { [INTENT]: intent },
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    spec: { holderIdentity: holder, leaseDurationSeconds: DURATION_SECONDS, renewTime: now },
  };
}
