import * as v from "valibot";
import { isUnreachable, reportUnreachable } from "../../adapters/api-server.ts";
import type { Cluster } from "../../adapters/cluster.ts";
import { createHelm, isInProgress, type Upgrade } from "../../adapters/helm.ts";
import { MODES } from "../../domain/mode.ts";
import type { Weights } from "../../domain/weights.ts";
import { DEFAULT_CLUSTER_DOMAIN, type ServiceName, TRAFFIC_RELEASE } from "../../domain/workload.ts";
import { UserError } from "../../lib/errors.ts";
import { chartPath } from "../../lib/paths.ts";
import { type HeldLease, RivalError } from "../lease/lease.ts";

const Colors = v.object({ weights: v.object({ blue: v.number(), green: v.number() }) });
const Values = v.object({
  mode: v.picklist(MODES),
  backend: Colors,
  frontend: v.object({ ...Colors.entries, enabled: v.boolean() }),
  gateway: v.optional(
    v.object({
      className: v.optional(v.string(), ""),
      address: v.optional(v.string(), ""),
      staged: v.optional(v.boolean(), false),
      parentRefs: v.optional(v.array(v.unknown()), []),
    }),
    {},
  ),
  ingress: v.optional(v.object({ enabled: v.optional(v.boolean(), false) }), {}),
  // A release that an older chart installed has no preview.
  preview: v.optional(v.object({ enabled: v.optional(v.boolean(), false) }), {}),
  clusterDomain: v.optional(v.string(), DEFAULT_CLUSTER_DOMAIN),
});

export type TrafficValues = v.InferOutput<typeof Values>;

/** The values of the chart that give a service its weights, by their paths. */
export function weightValues(service: ServiceName, { blue, green }: Weights) {
  const part = service === "echo-backend" ? "backend" : "frontend";
  return {
    [`${part}.weights.blue`]: blue,
    [`${part}.weights.green`]: green,
    ...(part === "frontend" && { "frontend.enabled": true }),
  };
}

/** The services that have a stable name, with its weights. */
export function enabledServices({
  backend,
  frontend,
}: Pick<TrafficValues, "backend" | "frontend">): { service: ServiceName; weights: Weights }[] {
  return [
    { service: "echo-backend", weights: backend.weights },
    ...(frontend.enabled ? [{ service: "echo-frontend" as const, weights: frontend.weights }] : []),
  ];
}

/** The stable names and their weights; undefined if the release is not installed. */
export function readTraffic({ helm }: Cluster): Promise<TrafficValues | undefined> {
  return helm.values(Values, TRAFFIC_RELEASE);
}

/** Someone else has written the release. */
export class ForeignRevisionError extends RivalError {
  override name = "ForeignRevisionError";

  constructor(found: number, expected: number) {
    super(
      `Someone else has changed the helm release ${TRAFFIC_RELEASE}: found revision ${found}, expected ${expected}.`,
    );
  }
}

export type TrafficChange = Pick<Upgrade, "typedValues" | "description"> & Partial<Pick<Upgrade, "values">>;

function upgradeOf(change: TrafficChange): Upgrade {
  return { values: {}, ...change, release: TRAFFIC_RELEASE, chart: chartPath(TRAFFIC_RELEASE) };
}

/**
 * Reads and writes the helm release echo-traffic. It writes only if the caller still holds the lease, and if the release has
 * the revision that it read first or wrote last.
 */
export function openTrafficRelease(cluster: Cluster) {
  // Each attempt needs a new check, so no call repeats by itself.
  const helm = createHelm({ ...cluster, retryMs: 0 });
  /** The revision that was read first. */
  let first: number | undefined;
  /** The newest revision that we know. */
  let known: number | undefined;
  /** Revisions that our last command may have written since, without telling. */
  let unseen = 0;

  const readRevision = async (): Promise<number> => (await helm.revision(TRAFFIC_RELEASE)) ?? 0;

  /** Runs a helm command directly after a check of the revision and of the lease. */
  const write = async (command: () => Promise<number | undefined>, confirm: HeldLease["confirm"]) => {
    const found = await readRevision();
    known ??= found;
    if (found < known || found > known + unseen) throw new ForeignRevisionError(found, known);
    known = found;
    await confirm();
    unseen = 1;
    try {
      const written = await command();
      if (written === undefined) return;
      // This machine slept between the check and helm, and someone else was faster.
      if (written !== known + 1) throw new ForeignRevisionError(written, known + 1);
      [known, unseen] = [written, 0];
    } catch (error) {
      // helm has written nothing.
      if (isInProgress(error)) unseen = 0;
      throw error;
    }
  };

  /** Repeats a command while the API server is away, as long as the lease can be kept. */
  const persist = async (command: () => Promise<number | undefined>, confirm: HeldLease["confirm"]) => {
    for (;;) {
      try {
        return await write(command, confirm);
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        reportUnreachable();
        await confirm();
      }
    }
  };

  return {
    /** @throws {UserError} if the release is not installed */
    read: async () => {
      const revision = await cluster.helm.revision(TRAFFIC_RELEASE);
      const values = revision === undefined ? undefined : await readTraffic(cluster);
      first ??= revision;
      known ??= revision;
      if (values) return values;
      throw new UserError(
        `Namespace ${cluster.namespace} has no stable name yet (helm release ${TRAFFIC_RELEASE}). \`pnpm release${cluster.flags}\` installs it, with blue live.`,
      );
    },

    /** The manifest of the release, or the one that a change would install. */
    manifest: async (change?: TrafficChange): Promise<string> =>
      change
        ? cluster.helm.preview(upgradeOf(change))
        : ((await cluster.helm.installedManifest(TRAFFIC_RELEASE)) ?? ""),

    /**
     * Changes values.
     * @param confirm proves that the lease is held
     * @throws {LeaseLostError | ForeignRevisionError} if someone else shifts traffic; then nothing was written
     */
    apply: async (change: TrafficChange, confirm: HeldLease["confirm"]): Promise<void> => {
      const apply = () => helm.apply(upgradeOf(change));
      try {
        await persist(apply, confirm);
      } catch (error) {
        if (!isInProgress(error)) throw error;
        // We hold the lease, so an API server that went away has cut an upgrade short.
        await persist(() => helm.rollback(TRAFFIC_RELEASE).then(() => undefined), confirm);
        await persist(apply, confirm);
      }
    },

    /**
     * Restores the revision that was read first. helm compares it with the newest one, so that it also removes what a failed
     * upgrade has created.
     */
    restore: (confirm: HeldLease["confirm"]): Promise<void> =>
      persist(() => helm.rollback(TRAFFIC_RELEASE, first).then(() => undefined), confirm),
  };
}
