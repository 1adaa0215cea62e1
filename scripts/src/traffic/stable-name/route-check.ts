import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { failedWith } from "../../adapters/command.ts";
import { FORBIDDEN } from "../../adapters/kubectl.ts";
import { GATEWAYS, ROUTES } from "../../domain/gateway-api.ts";
import { type ServiceName, TRAFFIC_RELEASE } from "../../domain/workload.ts";
import { UserError } from "../../lib/errors.ts";
import { ParentRef, refusalOf, RouteStatus } from "./gateway-status.ts";
import { namesOf } from "./names.ts";
import { TargetError } from "../check/target-error.ts";
import type { TrafficValues } from "./traffic-release.ts";

const Metadata = v.object({ name: v.string(), namespace: v.string() });
const Gateway = v.object({
  kind: v.literal("Gateway"),
  metadata: Metadata,
  spec: v.object({ gatewayClassName: v.string() }),
});
const Match = v.object({
  path: v.optional(v.object({ type: v.optional(v.string()), value: v.optional(v.string()) }), {}),
  headers: v.optional(v.array(v.unknown()), []),
  queryParams: v.optional(v.array(v.unknown()), []),
  method: v.optional(v.string()),
});
const Rule = v.object({ matches: v.optional(v.array(Match), [{}]) });
const Route = v.object({
  kind: v.literal("HTTPRoute"),
  metadata: Metadata,
  spec: v.object({
    parentRefs: v.optional(v.array(ParentRef), []),
    hostnames: v.optional(v.array(v.string()), []),
    rules: v.optional(v.array(Rule), []),
  }),
  status: RouteStatus,
});
type Route = v.InferOutput<typeof Route>;
type Objects = { gateways: v.InferOutput<typeof Gateway>[]; routes: Route[] };

/** A stable name of a namespace, and the gateway that serves it. */
export interface StableRoute {
  service: ServiceName;
  values: Pick<TrafficValues, "gateway" | "clusterDomain">;
}

/**
 * Checks that the gateway serves our route of a stable name: no Gateway rejects it, and no other route has its host name.
 * @throws {TargetError} with the controller's reason, or the other route
 */
export async function checkRoute(stable: StableRoute, cluster: Cluster): Promise<void> {
  const objects = await listObjects(cluster);
  const problem = refusal(stable, cluster.namespace, objects) ?? rivalry(stable, cluster, objects);
  if (problem !== undefined) throw new TargetError(problem);
}

/** Checks that no other route has the host name of one of the stable names. @throws {UserError} with the other route */
export async function checkRivals(stables: readonly StableRoute[], cluster: Cluster): Promise<void> {
  const objects = await listObjects(cluster);
  for (const stable of stables) {
    const problem = rivalry(stable, cluster, objects);
    if (problem !== undefined) throw new UserError(problem);
  }
}

function refusal({ service }: StableRoute, namespace: string, { routes }: Objects): string | undefined {
  const own = routes.find((route) => isOwn(route, service, namespace));
  const reason = own && refusalOf(own.status);
  return (
    reason &&
    `HTTPRoute ${service}: ${reason}. Expected a listener of its Gateway that admits it: see the listener's allowedRoutes, hostname and port.`
  );
}

function rivalry(stable: StableRoute, cluster: Cluster, objects: Objects): string | undefined {
  const { namespace } = cluster;
  const rival = objects.routes.find(
    (route) => !isOwn(route, stable.service, namespace) && isRival(route, stable, namespace, objects),
  );
  return rival && describeRival(rival, stable, cluster);
}

/** The Gateways and routes of the cluster, or of the namespace if the user may see no others. */
async function listObjects({ kubectl, namespace }: Cluster): Promise<Objects> {
  const list = (where: readonly string[]) =>
    kubectl.list(v.variant("kind", [Gateway, Route]), [`${GATEWAYS},${ROUTES}`, ...where]);
  const items = await list(["-A"]).catch((error: unknown) => {
    if (failedWith(error, FORBIDDEN)) return list(["-n", namespace]);
    throw error;
  });
  return {
    gateways: items.filter((item) => item.kind === "Gateway"),
    routes: items.filter((item) => item.kind === "HTTPRoute"),
  };
}

function isOwn({ metadata }: Route, service: ServiceName, namespace: string): boolean {
  return metadata.name === service && metadata.namespace === namespace;
}

/** Whether a route takes requests of the stable name: by the same host name, behind the same proxy, for the path `/`. */
function isRival(
  { metadata, spec }: Route,
  { service, values }: StableRoute,
  namespace: string,
  { gateways }: Objects,
): boolean {
  const shared = spec.hostnames.filter((host) =>
    namesOf(service, namespace, values.clusterDomain).includes(host),
  );
  if (shared.length === 0 || !spec.rules.some(({ matches }) => matches.some(takesRoot))) return false;
  const ours = ownGateways(values, namespace);
  const theirs = spec.parentRefs
    .filter(({ kind = "Gateway" }) => kind === "Gateway")
    .map((parent) => gatewayKey(parent, metadata.namespace));
  if (theirs.some((key) => ours.includes(key))) return true;
  // In each namespace the short name is another Service.
  if (!shared.some((host) => host.includes("."))) return false;
  // Several Gateways of one class may share a proxy.
  const classOf = (key: string) =>
    gateways.find((one) => gatewayKey(one.metadata, namespace) === key)?.spec.gatewayClassName;
  const classes = new Set([values.gateway.className, ...ours.map(classOf)].filter(Boolean));
  return theirs.some((key) => classes.has(classOf(key)));
}

/** The Gateways of our routes, each as `namespace/name`. */
function ownGateways({ gateway }: StableRoute["values"], namespace: string): string[] {
  const parents = v.parse(v.array(ParentRef), gateway.parentRefs);
  return parents.length === 0
    ? [`${namespace}/${TRAFFIC_RELEASE}`]
    : parents.map((parent) => gatewayKey(parent, namespace));
}

function gatewayKey(
  { namespace, name }: { namespace?: string | undefined; name: string },
  own: string,
): string {
  return `${namespace ?? own}/${name}`;
}

/** Whether a match takes each `GET /`, as users and samples send it. The gateway prefers an exact path or a method to our match. */
function takesRoot({ path, headers, queryParams, method = "GET" }: v.InferOutput<typeof Match>): boolean {
  const { type = "PathPrefix", value = "/" } = path;
  return (
    ["PathPrefix", "Exact"].includes(type) &&
    value === "/" &&
    headers.length + queryParams.length === 0 &&
    method === "GET"
  );
}

function describeRival(
  { metadata, spec }: Route,
  { service, values }: StableRoute,
  { namespace, kubectl }: Cluster,
): string {
  const names = namesOf(service, namespace, values.clusterDomain);
  const host = spec.hostnames.find((name) => names.includes(name));
  const { namespace: there, name } = metadata;
  return `HTTPRoute ${there}/${name} has the host name ${host} too, which belongs to ${service} in namespace ${namespace}: the gateway sends its requests to one of the two routes. Remove the host name there, or delete that route: ${kubectl.command} -n ${there} delete httproute ${name}`;
}
