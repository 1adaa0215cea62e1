import { readFileSync } from "node:fs";
import * as v from "valibot";
import { parse } from "yaml";
import { type ChartPush, pushChart, tagOf } from "../adapters/chart-package.ts";
import { checkHelm, checkRegistry } from "../adapters/checks.ts";
import { type EcrRegistry, ecrOf } from "../adapters/ecr-host.ts";
import { revision } from "../adapters/git.ts";
import { helmVersion } from "../adapters/helm.ts";
import { createRegistry, type Registry, RegistryError } from "../adapters/registry.ts";
import { findLogin, withHelmLogin } from "../adapters/registry-login.ts";
import { SERVICES, TRAFFIC_RELEASE } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { chartPath, ROOT } from "../lib/paths.ts";
import { preflight } from "../lib/preflight.ts";
import { changed, type Outcome, printPlan, runTasks, unchanged } from "../lib/tasks.ts";
import { ensureRepository } from "./execute.ts";
import { type RepositoryStep, repositoryStep } from "./plan.ts";

const CHARTS = [...SERVICES, TRAFFIC_RELEASE];
/** The charts are apart from the images, whose repositories have the same names. */
const FOLDER = "charts";
/** The repositories of the charts, below the path of a registry. */
export const CHART_REPOSITORIES = CHARTS.map((name) => `${FOLDER}/${name}`);

const Chart = v.object({ version: v.string() });

export interface PublishChartsOptions {
  /** Undefined is reported together with everything else that is missing. */
  registry: string | undefined;
  dryRun?: boolean;
}

export interface ChartsRequest {
  registry: string;
  /** The commit of the charts. It becomes the build metadata of their versions. */
  revision: string;
  /** Set if the registry is ECR, which has repositories. */
  ecr: EcrRegistry | undefined;
}

interface ChartStep {
  kind: "chart";
  title: string;
  push: ChartPush;
}

/** Pushes the charts as OCI artifacts, so that `helm upgrade --install … oci://…` needs no clone of this repository. */
export async function publishCharts(options: PublishChartsOptions, context: Context): Promise<void> {
  const { registry = "", dryRun } = options;
  const { env } = context;
  await preflight([checkHelm(helmVersion), checkRegistry(registry)]);
  const ecr = ecrOf(registry, env);
  const plan = planCharts({ registry, ecr, revision: await revision(ROOT) });
  if (dryRun) return printPlan(plan);
  const login = await findLogin(registry, context);
  const client = createRegistry(`${registry}/${FOLDER}`, { ...context, login });
  await withHelmLogin(registry, ecr && login, env, (withLogin) => {
    const tasks = plan.map((step) => ({
      title: step.title,
      run: () =>
        step.kind === "chart"
          ? publish(step.push, client, { ...context, env: withLogin })
          : ensureRepository(step, env),
    }));
    return runTasks(tasks, context);
  });
}

/** Everything that publishes the charts, as data. */
export function planCharts({
  registry,
  revision: commit,
  ecr,
}: ChartsRequest): (RepositoryStep | ChartStep)[] {
  return [
    ...(ecr ? CHART_REPOSITORIES.map((name) => repositoryStep(ecr, name, false)) : []),
    ...CHARTS.map((name) => chartStep(name, `${registry}/${FOLDER}`, commit)),
  ];
}

function chartStep(name: string, to: string, commit: string): ChartStep {
  const path = chartPath(name);
  const { version: base } = v.parse(Chart, parse(readFileSync(`${path}/Chart.yaml`, "utf8")));
  const version = `${base}+${commit}`;
  return { kind: "chart", title: `Push oci://${to}/${name} ${version}`, push: { path, name, version, to } };
}

/** Publishes a chart, but never twice for the same commit without other changes: the result would have another digest. */
async function publish(push: ChartPush, client: Registry, context: Context): Promise<Outcome> {
  const isFinal = /\+[0-9a-f]+$/.test(push.version);
  if (isFinal && (await isPublished(push, client))) return unchanged("unchanged");
  await pushChart(push, context);
  return changed("pushed");
}

/** Some registries refuse to read what does not exist yet. */
async function isPublished({ name, version }: ChartPush, client: Registry): Promise<boolean> {
  try {
    return (await client.digest(name, tagOf(version))) !== undefined;
  } catch (error) {
    if (error instanceof RegistryError) return false;
    throw error;
  }
}
