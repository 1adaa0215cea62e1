import { containers } from "../adapters/containers.ts";
import { kind } from "../adapters/kind.ts";
import type { Context } from "../lib/context.ts";
import { PreflightError, problemsOf } from "../lib/preflight.ts";
import { changed, runTasks } from "../lib/tasks.ts";
import { print } from "../lib/terminal.ts";
import { checkPort, checkTools, checkVersion } from "./checks.ts";
import {
  CLUSTER,
  describeStep,
  type KindState,
  type KindStep,
  planDelete,
  planKind,
  REGISTRY,
} from "./plan.ts";

export interface KindOptions {
  /** Delete the cluster and the registry instead. */
  delete?: boolean;
  dryRun?: boolean;
}

const NOTHING: KindState = { registry: undefined, nodes: undefined };

/**
 * Creates what is missing of a kind cluster and a registry that it pulls from. With `dryRun` it prints the plan, also on a
 * machine without docker or kind, and then every problem.
 * @throws {PreflightError} with every problem
 */
export async function clusterKind(options: KindOptions, context: Context): Promise<void> {
  const missing = await problemsOf(checkTools());
  const state = missing.length === 0 ? await readState() : NOTHING;
  const problems = [
    ...missing,
    ...(await problemsOf([
      ...(missing.length === 0 ? [checkVersion()] : []),
      ...(options.delete ? [] : [checkPort(state)]),
    ])),
  ];
  const plan = options.delete ? planDelete(state) : planKind(state);
  if (options.dryRun) printPlan(plan);
  if (problems.length > 0) throw new PreflightError(problems);
  if (options.dryRun) return;
  const tasks = plan.map((step) => ({
    title: describeStep(step),
    run: async () => {
      await execute(step);
      return changed("done");
    },
  }));
  await runTasks(tasks, context);
  if (options.delete) print(plan.length === 0 ? "Nothing to remove." : "Removed.");
  else
    print(
      `kubectl uses the context kind-${CLUSTER} now. Next:\n\nexport EKS_ECR_REGISTRY=localhost:${REGISTRY.port}\npnpm release`,
    );
}

function printPlan(plan: readonly KindStep[]): void {
  print("The plan (nothing is changed):");
  plan.forEach((step, index) => print(`${index + 1}. ${describeStep(step)}`));
}

async function readState(): Promise<KindState> {
  const [registry, clusters] = await Promise.all([containers.find(REGISTRY.name), kind.clusters()]);
  return { registry, nodes: clusters.includes(CLUSTER) ? await kind.nodes(CLUSTER) : undefined };
}

function execute(step: KindStep): Promise<string> {
  switch (step.kind) {
    case "run registry":
      return containers.runService(step);
    case "start registry":
      return containers.start(step.name);
    case "create cluster":
      return kind.create(step.cluster);
    case "use cluster":
      return kind.use(step.cluster);
    case "connect":
      return containers.connect(step.name, step.network);
    case "write":
      return containers.writeFile(step.node, step.file, step.content);
    case "delete cluster":
      return kind.delete(step.cluster);
    case "remove registry":
      return containers.remove(step.name);
  }
}
