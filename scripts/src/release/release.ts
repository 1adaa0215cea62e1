import { usesEcr } from "../adapters/ecr.ts";
import { revision } from "../adapters/git.ts";
import { type Cluster, type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { ROOT, workload, type Workload } from "../names.ts";
import { print } from "../terminal.ts";
import type { Color } from "../versions.ts";
import {
  deploy,
  type Digests,
  executeImageStep,
  isRolledOut,
  type Outcome,
  pinned,
  verify,
  wouldChange,
} from "./execute.ts";
import { type DeployStep, describeStep, planRelease, type ReleasePlan } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { runTasks } from "./tasks.ts";

export interface ReleaseOptions extends ClusterOptions {
  registry?: string;
  recreate?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

export interface FrontendOptions extends ReleaseOptions {
  color: Color;
  backend?: string;
}

/** Releases the backend of one colour. */
export function releaseBackend(color: Color, options: ReleaseOptions): Promise<void> {
  return release([workload("echo-backend", color)], options);
}

/** Releases the frontend in one colour, and points it at a backend where one is given. */
export function releaseFrontend({ color, backend, ...options }: FrontendOptions): Promise<void> {
  if (backend !== undefined && backend !== "none" && !/^https?:$/.test(URL.parse(backend)?.protocol ?? ""))
    throw new UserError(
      `--backend is ${JSON.stringify(backend)}, allowed is none, or a URL that begins with http:// or https://`,
    );
  return release([workload("echo-frontend", color)], options, { backend });
}

/** Releases everything: both backends, the stable name with blue live, and the frontend behind it. */
export function releaseAll(options: ReleaseOptions): Promise<void> {
  const workloads = [
    workload("echo-backend", "blue"),
    workload("echo-backend", "green"),
    workload("echo-frontend", "blue"),
  ];
  return release(workloads, options, { traffic: true });
}

async function release(
  workloads: readonly Workload[],
  options: ReleaseOptions,
  { backend, traffic = false }: { backend?: string | undefined; traffic?: boolean } = {},
): Promise<void> {
  const cluster = openCluster(options);
  const registry = (options.registry ?? process.env.EKS_ECR_REGISTRY ?? "").replace(/\/+$/, "");
  await preflight({ cluster, registry, images: true });

  const installed = new Set((await cluster.helm.list()).map(({ name }) => name));
  const plan = planRelease(
    {
      workloads,
      registry,
      namespace: cluster.namespace,
      revision: await revision(ROOT),
      ecr: usesEcr(registry),
      recreate: options.recreate ?? false,
      backend,
      traffic,
    },
    { installed },
  );
  if (options.dryRun) return printPlan(plan);
  const changed = await execute(plan, registry, cluster);
  if (!changed) print("Nothing to change: all of it is as released already.");
}

function printPlan({ images, deploys, verifies }: ReleasePlan): void {
  print("The plan (nothing is changed):");
  [...images, ...deploys, ...verifies].forEach((step, index) => print(`${index + 1}. ${describeStep(step)}`));
}

async function execute(plan: ReleasePlan, registry: string, cluster: Cluster): Promise<boolean> {
  const digests: Digests = new Map();
  const imagesChanged = await runTasks(
    plan.images.map((step) => ({
      title: describeStep(step),
      run: () => executeImageStep(step, registry, digests),
    })),
  );
  const deploysChanged = await runTasks([
    ...plan.deploys.map((step) => ({
      title: describeStep(step),
      run: () => deployIfChanged(step, digests, cluster),
    })),
    {
      title: "The jumpbox exists",
      run: async () => {
        const outcome = await cluster.jumpbox.ensure();
        return { changed: outcome === "created", note: outcome };
      },
    },
    ...plan.verifies.map((step) => ({ title: describeStep(step), run: () => verify(step, cluster) })),
  ]);
  return imagesChanged || deploysChanged;
}

async function deployIfChanged(step: DeployStep, digests: Digests, cluster: Cluster): Promise<Outcome> {
  const upgrade = pinned(step, digests);
  if (
    !(await wouldChange(upgrade, cluster)) &&
    (!step.image || (await isRolledOut(upgrade.release, cluster)))
  )
    return { changed: false, note: "unchanged" };
  return deploy(upgrade, cluster);
}
