import { containers } from "../adapters/containers.ts";
import { kind } from "../adapters/kind.ts";
import { PreflightError } from "../errors.ts";
import { interruption } from "../interrupt.ts";
import type { Outcome } from "../release/outcome.ts";
import { runTasks } from "../release/tasks.ts";
import { print } from "../terminal.ts";
import {
  CLUSTER,
  describeStep,
  type KindState,
  type KindStep,
  planDelete,
  planKind,
  REGISTRY,
} from "./plan.ts";
import { checkPort, checkTools, checkVersion } from "./preflight.ts";

export interface KindOptions {
  /** Remove what it made. */
  delete?: boolean;
  dryRun?: boolean;
}

/**
 * Makes a kind cluster and a registry that it pulls from, or what is missing of them. With `dryRun` the plan is printed,
 * on a machine without docker or kind too, and what is in its way.
 * @throws {PreflightError} where something is missing
 */
export async function clusterKind(options: KindOptions): Promise<void> {
  const missing = await checkTools();
  const state = missing.length === 0 ? await readState() : { registry: undefined, nodes: undefined };
  const problems = [
    ...missing,
    ...(missing.length === 0 ? await checkVersion() : []),
    ...(options.delete ? [] : await checkPort(state)),
  ];
  const plan = options.delete ? planDelete(state) : planKind(state);
  if (options.dryRun) printPlan(plan);
  if (problems.length > 0) throw new PreflightError(problems);
  if (options.dryRun) return;
  const tasks = plan.map((step) => ({ title: describeStep(step), run: () => execute(step) }));
  await runTasks(tasks, { signal: interruption() });
  if (options.delete) print(plan.length === 0 ? "There is nothing to remove." : "Removed.");
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

async function execute(step: KindStep): Promise<Outcome> {
  await perform(step);
  return { changed: true, note: "done" };
}

function perform(step: KindStep): Promise<string> {
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
