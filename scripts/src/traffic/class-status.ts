import * as v from "valibot";
import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { unlessFailedWith } from "../adapters/command.ts";
import { NO_SUCH_KIND } from "../adapters/kubectl.ts";
import { COLORS } from "../domain/color.ts";
import { ROUTES } from "../domain/gateway-api.ts";
import { readQuantity } from "../domain/quantity.ts";
import { Quota } from "../domain/quota.ts";
import { StableService, weightsIn } from "../domain/stable-weights.ts";
import { describeWeights, liveColors } from "../domain/weights.ts";
import { PROJECT_SELECTOR, SERVICES, TRAFFIC_RELEASE, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { print, table } from "../lib/terminal.ts";
import { Lease, leaseOf } from "./lease/cluster-lease.ts";
import { isHeld } from "./lease/lease.ts";
import { WeightedRoute } from "./stable-name/live-weights.ts";
import { readRecord, UnreadableError } from "./lease/record.ts";
import { CLASS_NEEDS } from "./rights.ts";

const VERSION_LABEL = "app.kubernetes.io/version";

const Labels = v.optional(v.object({ [VERSION_LABEL]: v.optional(v.string(), "?") }), {});
const Metadata = v.object({ name: v.string(), namespace: v.string() });
const Namespace = v.object({ metadata: v.object({ name: v.string() }) });
const Deployment = v.object({
  metadata: v.object({ ...Metadata.entries, labels: Labels }),
  spec: v.object({ replicas: v.optional(v.number(), 1) }),
  status: v.object({ readyReplicas: v.optional(v.number(), 0) }),
});
const NamedService = v.object({ ...StableService.entries, metadata: Metadata });
const NamedLease = v.object({
  ...Lease.entries,
  metadata: v.object({ ...Lease.entries.metadata.entries, ...Metadata.entries }),
});

/**
 * Prints a line for each namespace with the label of create.sh or with a release: versions, ready pods, traffic, an unfinished
 * shift, and how full its quota is.
 */
export async function classStatus(
  { context }: Pick<ClusterOptions, "context">,
  { signal }: Context,
): Promise<void> {
  const cluster = await connectCluster(context === undefined ? {} : { context }, CLASS_NEEDS, { signal });
  const found = await readAll(cluster);
  const deployed = found.deployments.map(({ metadata }) => metadata.namespace);
  const names = [...new Set([...found.namespaces.map(({ metadata }) => metadata.name), ...deployed])];
  if (names.length === 0)
    return print(`No namespace has a release, or the label ${PROJECT_SELECTOR}. See docs/classroom.md.`);
  const header = ["NAMESPACE", "BLUE", "GREEN", "FRONTEND", "TRAFFIC", "SHIFT", "QUOTA"];
  print(
    table(
      header,
      names.toSorted().map((name) => rowOf(name, found)),
    ),
  );
}

type Found = Awaited<ReturnType<typeof readAll>>;

/** Everything at once: a call for each kind, not for each namespace. */
async function readAll({ kubectl }: Cluster) {
  const ours = ["--all-namespaces", "-l", PROJECT_SELECTOR];
  const named = ["--all-namespaces", "--field-selector", `metadata.name=${TRAFFIC_RELEASE}`];
  const routes = kubectl.list(WeightedRoute, [ROUTES, ...ours]);
  const [namespaces, deployments, services, httpRoutes, leases, quotas] = await Promise.all([
    kubectl.list(Namespace, ["namespaces", "-l", PROJECT_SELECTOR]),
    kubectl.list(Deployment, ["deployments", ...ours]),
    kubectl.list(NamedService, ["services", ...ours]),
    unlessFailedWith(NO_SUCH_KIND, routes),
    kubectl.list(NamedLease, ["leases", ...named]),
    kubectl.list(Quota, ["resourcequotas", "--all-namespaces"]),
  ]);
  return { namespaces, deployments, services, routes: httpRoutes ?? [], leases, quotas };
}

function rowOf(namespace: string, found: Found): string[] {
  const within = <T extends { metadata: { namespace: string } }>(all: readonly T[]) =>
    all.filter(({ metadata }) => metadata.namespace === namespace);
  const deployments = within(found.deployments);
  const [backend, frontend] = SERVICES;
  const stateOf = (name: string) => {
    const deployment = deployments.find(({ metadata }) => metadata.name === name);
    if (!deployment) return undefined;
    const { metadata, spec, status } = deployment;
    return `${metadata.labels[VERSION_LABEL]}, ${status.readyReplicas}/${spec.replicas} ready`;
  };
  const frontends = COLORS.flatMap((color) => stateOf(workload(frontend, color).name) ?? []);
  const cells = [
    ...COLORS.map((color) => stateOf(workload(backend, color).name)),
    frontends.join(" and "),
    trafficOf(within(found.services), within(found.routes)),
    shiftOf(within(found.leases)),
    quotaOf(within(found.quotas)),
  ];
  return [namespace, ...cells.map((cell) => cell || "-")];
}

/** The weights of the backend's stable name: `green` if it has all. */
function trafficOf(
  services: readonly v.InferOutput<typeof NamedService>[],
  routes: readonly v.InferOutput<typeof WeightedRoute>[],
): string | undefined {
  const [backend] = SERVICES;
  const service = services.find(({ metadata }) => metadata.name === backend);
  const route = routes.find(({ metadata }) => metadata.name === backend);
  const weights = service && weightsIn(backend, service, route);
  if (!weights) return undefined;
  const live = liveColors(weights);
  return live.length === 1 ? live[0] : describeWeights(weights);
}

/** The state of an unfinished shift. */
function shiftOf([found]: readonly v.InferOutput<typeof NamedLease>[]): string | undefined {
  if (!found) return undefined;
  const lease = leaseOf(found);
  try {
    const record = readRecord(lease.annotations, String);
    if (isHeld(lease)) return "running";
    return record?.state === "running" ? "crashed" : record?.state;
  } catch (error) {
    if (error instanceof UnreadableError) return "unreadable";
    throw error;
  }
}

/** The fullest resource of the quotas: `75 % of pods`. */
function quotaOf(quotas: readonly Quota[]): string | undefined {
  const uses = quotas.flatMap(({ spec, status }) =>
    Object.entries(spec.hard).map(([resource, hard]) => ({
      resource,
      share: readQuantity(status.used[resource] ?? "0") / readQuantity(hard),
    })),
  );
  // A limit of 0 forbids the resource, and is never full.
  const [fullest] = uses.filter(({ share }) => Number.isFinite(share)).toSorted((a, b) => b.share - a.share);
  return fullest && `${Math.round(fullest.share * 100)} % of ${fullest.resource}`;
}
