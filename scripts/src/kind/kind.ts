import { containers } from "../adapters/containers.ts";
import { kind } from "../adapters/kind.ts";
import type { Context } from "../lib/context.ts";
import { PreflightError, problemsOf } from "../lib/preflight.ts";
import { printPlan, runTasks } from "../lib/tasks.ts";
import { print } from "../lib/terminal.ts";
import { checkPort, checkTools, checkVersion } from "./checks.ts";
import { CLUSTER, type KindState, planDelete, planKind, REGISTRY } from "./plan.ts";

export interface KindOptions {
  /** Delete the cluster and the registry instead. */
  delete?: boolean;
  dryRun?: boolean;
}

/**
 * Creates what is missing of a kind cluster and a registry that it pulls from. With `dryRun` it prints the plan, also on a
 * machine without docker or kind, and then every problem.
 * @throws {PreflightError} with every problem
 */
export async function clusterKind(options: KindOptions, context: Context): Promise<void> {
  const missing = await problemsOf(checkTools());
  const works = missing.length === 0;
  const state = works ? await readState() : { registry: undefined, nodes: undefined };
  const checks = [...(works ? [checkVersion()] : []), ...(options.delete ? [] : [checkPort(state)])];
  const problems = [...missing, ...(await problemsOf(checks))];
  const plan = options.delete ? planDelete(state) : planKind(state);
  if (options.dryRun) printPlan(plan);
  if (problems.length > 0) throw new PreflightError(problems);
  if (options.dryRun) return;
  await runTasks(plan, context);
  if (options.delete) print(plan.length === 0 ? "Nothing to remove." : "Removed.");
  else
    print(
      `kubectl uses the context kind-${CLUSTER} now. Next:\n\nexport EKS_ECR_REGISTRY=localhost:${REGISTRY.port}\npnpm release`,
    );
}

async function readState(): Promise<KindState> {
  const [registry, clusters] = await Promise.all([containers.find(REGISTRY.name), kind.clusters()]);
  return { registry, nodes: clusters.includes(CLUSTER) ? await kind.nodes(CLUSTER) : undefined };
}
