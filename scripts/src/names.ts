import { fileURLToPath } from "node:url";
import { BACKEND_VERSIONS, type Color, FRONTEND_VERSION } from "./versions.ts";

/** The folder that holds services, charts and docker. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const DEFAULT_NAMESPACE = "demos";

export const SERVICES = ["echo-backend", "echo-frontend"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** One service in one colour: what a helm release of it deploys. */
export interface Workload {
  service: ServiceName;
  color: Color;
  version: string;
  /** The helm release, and the Deployment and Service that it owns. */
  name: string;
}

export function workload(service: ServiceName, color: Color): Workload {
  const version = service === "echo-backend" ? BACKEND_VERSIONS[color] : FRONTEND_VERSION;
  return { service, color, version, name: `${service}-${color}` };
}

/** The helm release that owns the stable names and their weights. */
export const TRAFFIC_RELEASE = "echo-traffic";

/** The URL of a Service inside the cluster. */
export function serviceUrl(name: string, namespace: string): string {
  return `http://${name}.${namespace}.svc.cluster.local:80`;
}

export function chartPath(chart: string): string {
  return `${ROOT}charts/${chart}`;
}
