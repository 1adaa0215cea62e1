import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Chart, CHARTS, WORKLOADS } from "./helm.ts";

const GATEWAYS = fileURLToPath(new URL("../../../docs/gateways/", import.meta.url));

/** Not values but a manifest. */
export const MESH_ROUTE = `${GATEWAYS}mesh.yaml`;

/** Paths of a chart's example values, one file for each feature. */
export function valuesFiles(chart: Chart): string[] {
  return filesOf(`${CHARTS}${chart}/ci/`);
}

export const CASES: { chart: Chart; files: string[] }[] = [
  ...[...WORKLOADS, "echo-traffic" as const].map((chart) => ({ chart, files: valuesFiles(chart) })),
  { chart: "echo-traffic", files: filesOf(GATEWAYS).filter((file) => file !== MESH_ROUTE) },
];

function filesOf(folder: string): string[] {
  return readdirSync(folder).map((name) => folder + name);
}
