import { run } from "../../src/adapters/command.ts";

/**
 * The command that adds optional parts to the tests' cluster, such as `$CLUSTER_ADDONS network-policy`, or undefined. It
 * prints `export NAME=value` for each variable that a part defines.
 */
export const ADDONS = process.env.CLUSTER_ADDONS;

/** Adds parts to the cluster, or ends them. @returns the variables that they define */
export async function addon(...names: string[]): Promise<Record<string, string>> {
  if (ADDONS === undefined) throw new Error("Missing CLUSTER_ADDONS: expected the command that adds a part.");
  const lines = (await run(ADDONS, names)).split("\n");
  const variables = lines.flatMap((line) => /^export (.+)$/.exec(line)?.[1]?.split(" ") ?? []);
  return Object.fromEntries(variables.map((pair) => pair.split("=", 2)));
}
