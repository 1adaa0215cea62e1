import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { otherColor } from "../domain/color.ts";
import { type Workload, workload } from "../domain/workload.ts";
import { parse, version as versionKind } from "../lib/arguments.ts";
import { UserError } from "../lib/errors.ts";

const Values = v.object({ version: v.string() });

/**
 * Checks the versions of a release before anything is built.
 * @param live the helm releases that have traffic
 * @throws {UserError} if a version is not a valid image tag, or if a backend's version is live in the other colour: then a
 * shift between the two would change nothing
 */
export async function checkVersions(
  workloads: readonly Workload[],
  live: readonly string[],
  { helm, flags }: Pick<Cluster, "helm" | "flags">,
): Promise<void> {
  // An option is valid already. A default may not be.
  for (const { name, version } of workloads)
    parse(`version of ${name} in services/versions.json`, versionKind, version);
  for (const { service, color, version, name } of workloads) {
    const other = workload(service, otherColor(color)).name;
    if (service !== "echo-backend" || !live.includes(other)) continue;
    const next = workloads.find((each) => each.name === other)?.version;
    const running = next ?? (await helm.values(Values, other))?.version;
    if (running === version)
      throw new UserError(
        `Invalid version ${JSON.stringify(version)} of ${name}: expected one that is not live, but ${other} has it, and has traffic. Choose another: pnpm release:${color} --version VERSION${flags}`,
      );
  }
}
