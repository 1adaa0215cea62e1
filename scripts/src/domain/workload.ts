import { type Color, COLORS } from "./color.ts";
import { DEFAULT_BACKEND_VERSIONS, DEFAULT_FRONTEND_VERSION } from "./version.ts";

export const DEFAULT_NAMESPACE = "demos";

export const SERVICES = ["echo-backend", "echo-frontend"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** One service in one colour. */
export interface Workload {
  service: ServiceName;
  color: Color;
  version: string;
  /** Name of its helm release, and of the Deployment and Service in it. */
  name: string;
}

/** @param version default: that of services/versions.json */
export function workload(
  service: ServiceName,
  color: Color,
  version = service === "echo-backend" ? DEFAULT_BACKEND_VERSIONS[color] : DEFAULT_FRONTEND_VERSION,
): Workload {
  return { service, color, version, name: `${service}-${color}` };
}

/** What a release of everything deploys: the backend in each colour, and a frontend. */
export const DEFAULT_WORKLOADS: readonly Workload[] = [
  ...COLORS.map((color) => workload("echo-backend", color)),
  workload("echo-frontend", "blue"),
];

/** The helm release with the stable names and their weights. */
export const TRAFFIC_RELEASE = "echo-traffic";

/** The label of everything that this project creates in a cluster. */
export const PROJECT_LABEL = ["app.kubernetes.io/part-of", "echo"] as const;
export const PROJECT_SELECTOR = PROJECT_LABEL.join("=");

/** The source of the Kubernetes Events that shifts write. */
export const SHIFT_EVENTS = "pnpm-shift";

/** The helm releases of this project: each service in each colour, and the traffic. */
export const RELEASES = [
  ...SERVICES.flatMap((service) => COLORS.map((color) => workload(service, color).name)),
  TRAFFIC_RELEASE,
];

/** The DNS domain of a cluster, unless the chart value clusterDomain has another. */
export const DEFAULT_CLUSTER_DOMAIN = "cluster.local";

/** The URL of a Service inside the cluster. */
export function serviceUrl(name: string, namespace: string): string {
  return `http://${name}.${namespace}.svc.${DEFAULT_CLUSTER_DOMAIN}:80`;
}
