import { createCosign } from "../adapters/cosign.ts";
import { createDocker } from "../adapters/docker.ts";
import { withDockerConfig } from "../adapters/docker-config.ts";
import { usesEcr } from "../adapters/ecr.ts";
import { revision } from "../adapters/git.ts";
import { type Cluster, type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { parseHttpUrl } from "../http-url.ts";
import { interruption } from "../interrupt.ts";
import { ROOT, workload, type Workload } from "../names.ts";
import { shift, SHIFT_DEFAULTS } from "../shift/shift.ts";
import { confirm, print } from "../terminal.ts";
import type { Color } from "../versions.ts";
import { deploy } from "./deploy.ts";
import { type Digests, executeImageStep, isRolledOut, pinned, verify, wouldChange } from "./execute.ts";
import { liveOnes } from "./live.ts";
import type { Outcome } from "./outcome.ts";
import { type DeployStep, describeStep, planRelease, type ReleasePlan } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { runTasks } from "./tasks.ts";

export interface ReleaseOptions extends ClusterOptions {
  registry?: string;
  recreate?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  /** False leaves the images unsigned where cosign is there. */
  sign?: boolean;
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
  if (backend !== undefined && backend !== "none" && !parseHttpUrl(backend))
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
  signal: AbortSignal;
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
      sign: options.sign !== false && (await createCosign().isInstalled()),
      backend,
      traffic,
    },
    { installed },
  );
  if (options.dryRun) return printPlan(plan);
  const signal = interruption();
  const changed = await execute(plan, { registry, cluster, installed, yes: options.yes ?? false, signal });
  if (!changed) print("Nothing to change: all of it is as released already.");
}

function printPlan({ images, deploys, verifies }: ReleasePlan): void {
  print("The plan (nothing is changed):");
  [...images, ...deploys, ...verifies].forEach((step, index) => print(`${index + 1}. ${describeStep(step)}`));
}

async function execute(plan: ReleasePlan, options: ExecuteOptions): Promise<boolean> {
  const { cluster, installed, yes, signal } = options;
  const digests: Digests = new Map();
  const imagesChanged = await executeImages(plan, digests, options);
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
  const tasks = [
    ...deploys.map(({ step, upgrade, due }) => ({
      title: describeStep(step),
      run: () => (due ? deploy(upgrade, cluster, { signal }) : Promise.resolve(UNCHANGED)),
    })),
    {
      title: "The jumpbox exists",
      run: async () => {
        const outcome = await cluster.jumpbox.ensure();
        return { changed: outcome === "created", note: outcome };
      },
    },
    ...plan.verifies.map((step) => ({ title: describeStep(step), run: () => verify(step, cluster) })),
  ];
  const deploysChanged = await runTasks(tasks, { signal });
  return imagesChanged || deploysChanged;
}

/** Builds, pushes and signs. A login is kept for as long as that takes. */
function executeImages(
  { images, deploys }: ReleasePlan,
  digests: Digests,
  { registry, signal }: ExecuteOptions,
): Promise<boolean> {
  const run = (config?: string) => {
    const ofLogin = { signal, ...(config !== undefined && { config }) };
    const tools = { registry, docker: createDocker(ofLogin), cosign: createCosign(ofLogin) };
    return runTasks(
      images.map((step) => ({
        title: describeStep(step),
        run: () => executeImageStep(step, tools, digests),
      })),
      { signal, later: deploys.map(describeStep) },
    );
  };
  return images.some(({ kind }) => kind === "login") ? withDockerConfig(registry, run) : run();
}

/** The upgrade of a step, and whether there is anything to do. */
async function examine(step: DeployStep, digests: Digests, cluster: Cluster) {
  const upgrade = pinned(step, digests);
  const due =
    (await wouldChange(upgrade, cluster)) ||
    (step.image !== undefined && !(await isRolledOut(upgrade.release, cluster)));
  return { step, upgrade, due };
}
