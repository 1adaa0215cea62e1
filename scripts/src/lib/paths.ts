import { fileURLToPath } from "node:url";

/** The repository's root folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export function chartPath(chart: string): string {
  return `${ROOT}charts/${chart}`;
}

/** The file that `pnpm build` makes of a service. */
export function bundlePath({ service, version }: { service: string; version: string }): string {
  return `${ROOT}services/${service}/dist/${service}-${version}.mjs`;
}
