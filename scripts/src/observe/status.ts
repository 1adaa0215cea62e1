import * as v from "valibot";
import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { createDocker, type Docker } from "../adapters/docker.ts";
import { withDockerConfig } from "../adapters/docker-config.ts";
import { createEcr, usesEcr } from "../adapters/ecr.ts";
import { COLORS } from "../domain/color.ts";
import { workload, type Workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { print, table } from "../lib/terminal.ts";

const Deployment = v.object({
  metadata: v.object({ name: v.string() }),
  spec: v.object({
    replicas: v.optional(v.number(), 1),
    template: v.object({ spec: v.object({ containers: v.array(v.object({ image: v.string() })) }) }),
  }),
  status: v.object({ readyReplicas: v.optional(v.number(), 0) }),
});
const Service = v.object({
  metadata: v.object({ name: v.string() }),
  spec: v.object({
    type: v.string(),
    clusterIP: v.optional(v.string(), "-"),
    externalName: v.optional(v.string()),
    selector: v.optional(v.record(v.string(), v.string()), {}),
  }),
});

export interface StatusOptions extends ClusterOptions {
  registry: string | undefined;
}

/** Prints the images in the registry, the helm releases, deployments and services as one table. */
export async function status(
  { registry, ...options }: StatusOptions,
  { signal, env }: Context,
): Promise<void> {
  const cluster = await connectCluster(options, { signal });
  const rows = await Promise.all([
    registry
      ? imageRows(registry, env, signal)
      : [["image", "-", "no registry set", "set EKS_ECR_REGISTRY to see its images"]],
    releaseRows(cluster),
    deploymentRows(cluster),
    serviceRows(cluster),
  ]);
  print(table(["KIND", "NAME", "STATE", "DETAIL"], rows.flat()));
}

async function imageRows(registry: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string[][]> {
  if (!usesEcr(registry, env)) return rowsOf(registry, createDocker({ signal }));
  const { user, password } = await createEcr(registry).credentials();
  return withDockerConfig(registry, env, async (config) => {
    const docker = createDocker({ config, signal });
    await docker.login(registry, user, password);
    return rowsOf(registry, docker);
  });
}

async function rowsOf(registry: string, docker: Docker): Promise<string[][]> {
  const workloads: Workload[] = [
    ...COLORS.map((color) => workload("echo-backend", color)),
    workload("echo-frontend", "blue"),
  ];
  return Promise.all(
    workloads.map(async ({ service, version }) => {
      const digest = await docker.remoteDigest(`${registry}/${service}:${version}`);
      return ["image", `${service}:${version}`, digest ? "pushed" : "absent", digest ?? "-"];
    }),
  );
}

async function releaseRows({ helm }: Cluster): Promise<string[][]> {
  const releases = await helm.list();
  return releases.map(({ name, status: state, chart, revision }) => [
    "release",
    name,
    state,
    `${chart}, revision ${revision}`,
  ]);
}

async function deploymentRows({ kubectl, namespace }: Cluster): Promise<string[][]> {
  const deployments = await kubectl.list(Deployment, ["deployments", "-n", namespace]);
  return deployments.map(({ metadata, spec, status: { readyReplicas } }) => [
    "deployment",
    metadata.name,
    `${readyReplicas}/${spec.replicas} ready`,
    spec.template.spec.containers.map(({ image }) => image).join(", "),
  ]);
}

async function serviceRows({ kubectl, namespace }: Cluster): Promise<string[][]> {
  const services = await kubectl.list(Service, ["services", "-n", namespace]);
  return services.map(({ metadata, spec }) => [
    "service",
    metadata.name,
    spec.type,
    spec.externalName ??
      `${spec.clusterIP}, ${Object.entries(spec.selector)
        .map((pair) => pair.join("="))
        .join(" ")}`,
  ]);
}
