import { join } from "node:path";
import { hostOf, isLoopback } from "../domain/host.ts";
import { withTemporaryFolder } from "../lib/temporary-folder.ts";
import { run } from "./command.ts";

export interface ChartPush {
  /** Folder of the chart. Its last name is the chart's. */
  path: string;
  name: string;
  /** In place of the version in Chart.yaml. */
  version: string;
  /** Registry and path that get the repository `name`. */
  to: string;
}

/** Packages a chart and pushes it as an OCI artifact, with the user's logins. */
export async function pushChart(
  { path, name, version, to }: ChartPush,
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    await run("helm", ["package", path, "--version", version, "--destination", folder], { signal });
    // Unlike docker and helm 3, helm 4 does not try HTTP on this machine by itself.
    const flags = isLoopback(hostOf(to)) ? ["--plain-http"] : [];
    await run("helm", ["push", join(folder, `${name}-${version}.tgz`), `oci://${to}`, ...flags], {
      env,
      signal,
    });
  });
}

/** The tag of a chart's version. A tag must not contain a plus sign, so helm writes an underscore. */
export function tagOf(version: string): string {
  return version.replaceAll("+", "_");
}
