import { usesEcr } from "../adapters/ecr.ts";
import { revision } from "../adapters/git.ts";
import { type Cluster, type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { ROOT, workload, type Workload } from "../names.ts";
import { shift, SHIFT_DEFAULTS } from "../shift/shift.ts";
import { confirm, print } from "../terminal.ts";
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
import { liveOnes } from "./live.ts";
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

export interface BackendOptions extends ReleaseOptions {
  shift?: boolean;
}

/** Releases the backend of one colour. With `shift`, all traffic goes there then, and back where it does not do well. */
export async function releaseBackend(
  color: Color,
  { shift: shiftToo = false, ...options }: BackendOptions,
): Promise<void> {
  await release([workload("echo-backend", color)], options);
  if (shiftToo && !options.dryRun) await shift(color, { ...SHIFT_DEFAULTS, ...options, steps: [100] });
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

interface ExecuteOptions {
  registry: string;
  cluster: Cluster;
  /** Names of the helm releases that stand. */
  installed: ReadonlySet<string>;
  yes: boolean;
}

const UNCHANGED: Outcome = { changed: false, note: "unchanged" };

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
  const changed = await execute(plan, { registry, cluster, installed, yes: options.yes ?? false });
  if (!changed) print("Nothing to change: all of it is as released already.");
}

function printPlan({ images, deploys, verifies }: ReleasePlan): void {
  print("The plan (nothing is changed):");
  [...images, ...deploys, ...verifies].forEach((step, index) => print(`${index + 1}. ${describeStep(step)}`));
}

async function execute(plan: ReleasePlan, options: ExecuteOptions): Promise<boolean> {
  const { registry, cluster, installed, yes } = options;
  const digests: Digests = new Map();
  const imagesChanged = await runTasks(
    plan.images.map((step) => ({
      title: describeStep(step),
      run: () => executeImageStep(step, registry, digests),
    })),
  );
  const deploys = await Promise.all(plan.deploys.map((step) => examine(step, digests, cluster)));
  const live = await liveOnes(
    deploys.filter(({ due }) => due).map(({ upgrade }) => upgrade),
    installed,
    cluster,
  );
  if (live.length > 0)
    await confirm(
      `${live.join(" and ")} has traffic now, and its pods will be replaced under it. Images are pushed; nothing is deployed yet.`,
      yes,
    );
  const deploysChanged = await runTasks([
    ...deploys.map(({ step, upgrade, due }) => ({
      title: describeStep(step),
      run: () => (due ? deploy(upgrade, cluster) : Promise.resolve(UNCHANGED)),
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

/** The upgrade of a step, and whether there is anything to do. */
async function examine(step: DeployStep, digests: Digests, cluster: Cluster) {
  const upgrade = pinned(step, digests);
  const due =
    (await wouldChange(upgrade, cluster)) ||
    (step.image !== undefined && !(await isRolledOut(upgrade.release, cluster)));
  return { step, upgrade, due };
}
