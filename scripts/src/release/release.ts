import { checkDocker, checkRegistry, connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { createCosign } from "../adapters/cosign.ts";
import { createDocker } from "../adapters/docker.ts";
import { withDockerConfig } from "../adapters/docker-config.ts";
import { usesEcr } from "../adapters/ecr.ts";
import { revision } from "../adapters/git.ts";
import type { Workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { ROOT } from "../lib/paths.ts";
import { runTasks, unchanged } from "../lib/tasks.ts";
import { confirm, print } from "../lib/terminal.ts";
import { deploy } from "./deploy.ts";
import { type Digests, executeImageStep, isRolledOut, pinned, verify, wouldChange } from "./execute.ts";
import { type DeployStep, describeStep, planRelease, type ReleasePlan } from "./plan.ts";

export interface ReleaseOptions extends ClusterOptions {
  workloads: readonly Workload[];
  /** Undefined is reported together with everything else that is missing. */
  registry: string | undefined;
  /** Install the stable name too, with blue live. Default: false. */
  traffic?: boolean;
  /** The URL of the frontend's backend. Default: as it is. */
  backend?: string | undefined;
  recreate?: boolean;
  dryRun?: boolean;
  yes?: boolean | undefined;
  /** False does not sign the images. Default: sign them if cosign is installed. */
  sign?: boolean;
  /** The helm releases that have traffic now: replacing their pods needs a confirmation. */
  liveReleases: (cluster: Cluster) => Promise<string[]>;
}

/** A release on a cluster that is reachable. */
interface Execution extends Pick<ReleaseOptions, "yes" | "liveReleases"> {
  registry: string;
  cluster: Cluster;
  /** The names of the installed helm releases. */
  installed: ReadonlySet<string>;
  context: Context;
}

/** Builds, pushes, signs, deploys and verifies workloads. Whatever is up to date stays as it is. */
export async function release(options: ReleaseOptions, context: Context): Promise<void> {
  const { env } = context;
  const registry = options.registry ?? "";
  const cluster = await connectCluster(options, { more: [checkDocker(), checkRegistry(registry)] });
  const installed = new Set((await cluster.helm.list()).map(({ name }) => name));
  const plan = planRelease(
    {
      workloads: options.workloads,
      registry,
      namespace: cluster.namespace,
      revision: await revision(ROOT),
      ecr: usesEcr(registry, env),
      recreate: options.recreate ?? false,
      sign: options.sign !== false && (await createCosign().isInstalled()),
      backend: options.backend,
      traffic: options.traffic ?? false,
    },
    { installed },
  );
  if (options.dryRun) return printPlan(plan);
  const { yes, liveReleases } = options;
  const execution = { registry, cluster, installed, yes, liveReleases, context };
  const digests: Digests = new Map();
  const imagesChanged = await executeImages(plan, digests, execution);
  const deploysChanged = await executeDeploys(plan, digests, execution);
  if (!imagesChanged && !deploysChanged) print("Nothing to change: everything is released already.");
}

function printPlan({ images, deploys, verifies }: ReleasePlan): void {
  print("The plan (nothing is changed):");
  [...images, ...deploys, ...verifies].forEach((step, index) => print(`${index + 1}. ${describeStep(step)}`));
}

/** Builds, pushes and signs. A login to ECR exists only during this. */
function executeImages(
  { images, deploys }: ReleasePlan,
  digests: Digests,
  { registry, context }: Execution,
): Promise<boolean> {
  const { env, signal } = context;
  const execute = (config?: string) => {
    const login = { signal, ...(config !== undefined && { config }) };
    const tools = {
      registry,
      docker: createDocker(login),
      cosign: createCosign({ ...login, key: env.COSIGN_KEY }),
    };
    const tasks = images.map((step) => ({
      title: describeStep(step),
      run: () => executeImageStep(step, tools, digests),
    }));
    return runTasks(tasks, context, deploys.map(describeStep));
  };
  return images.some(({ kind }) => kind === "login") ? withDockerConfig(registry, env, execute) : execute();
}

async function executeDeploys(plan: ReleasePlan, digests: Digests, execution: Execution): Promise<boolean> {
  const { cluster, context } = execution;
  const { signal } = context;
  const deploys = await Promise.all(plan.deploys.map((step) => examine(step, digests, cluster)));
  await confirmLive(
    deploys.flatMap(({ upgrade, due }) => (due ? [upgrade.release] : [])),
    execution,
  );
  const tasks = [
    ...deploys.map(({ step, upgrade, due }) => ({
      title: describeStep(step),
      run: async () => (due ? deploy(upgrade, cluster, { signal }) : unchanged("unchanged")),
    })),
    {
      title: "The jumpbox exists",
      run: async () => {
        const outcome = await cluster.jumpbox.ensure(signal);
        return { changed: outcome === "created", note: outcome };
      },
    },
    ...plan.verifies.map((step) => ({
      title: describeStep(step),
      run: () => verify(step, cluster, signal),
    })),
  ];
  return runTasks(tasks, context);
}

/** The upgrade of a step, and whether it is due: it changes something, or the pods are not ready. */
async function examine(step: DeployStep, digests: Digests, cluster: Cluster) {
  const upgrade = pinned(step, digests);
  const due =
    (await wouldChange(upgrade, cluster)) ||
    (step.image !== undefined && !(await isRolledOut(upgrade.release, cluster)));
  return { step, upgrade, due };
}

async function confirmLive(
  due: readonly string[],
  { installed, liveReleases, cluster, yes = false, context }: Execution,
): Promise<void> {
  const withTraffic = await liveReleases(cluster);
  const live = due.filter((name) => withTraffic.includes(name) && installed.has(name));
  if (live.length === 0) return;
  const have = live.length === 1 ? "has" : "have";
  await confirm(
    `${live.join(" and ")} ${have} traffic now. This release replaces the pods. The images are pushed; nothing is deployed yet.`,
    yes,
    context,
  );
}
