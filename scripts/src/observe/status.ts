import * as v from "valibot";
import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { createRegistry } from "../adapters/registry.ts";
import { findLogin } from "../adapters/registry-login.ts";
import { COLORS } from "../domain/color.ts";
import { SERVICES, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { print, table } from "../lib/terminal.ts";
import { STATUS_NEEDS } from "./rights.ts";

const VERSION_LABEL = "app.kubernetes.io/version";
const Metadata = v.object({
  name: v.string(),
  labels: v.optional(v.object({ [VERSION_LABEL]: v.optional(v.string()) }), {}),
});
const Containers = v.array(v.object({ image: v.string() }));
const Deployment = v.object({
  metadata: Metadata,
  spec: v.object({
    replicas: v.optional(v.number(), 1),
    template: v.object({ spec: v.object({ containers: Containers }) }),
  }),
  status: v.object({ readyReplicas: v.optional(v.number(), 0) }),
});
type Deployment = v.InferOutput<typeof Deployment>;
const Service = v.object({
  metadata: Metadata,
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
export async function status({ registry, ...options }: StatusOptions, context: Context): Promise<void> {
  const cluster = await connectCluster(options, STATUS_NEEDS, { signal: context.signal });
  const { kubectl, namespace } = cluster;
  const deployments = kubectl.list(Deployment, ["deployments", "-n", namespace]);
  const rows = await Promise.all([
    deployments.then((found) => imageRows(imagesOf(found), registry, context)),
    releaseRows(cluster),
    deployments.then(deploymentRows),
    serviceRows(cluster),
  ]);
  print(table(["KIND", "NAME", "STATE", "DETAIL"], rows.flat()));
}

/** The images of all workloads: of the deployed version, or of the default one if a workload is not deployed. */
function imagesOf(deployments: readonly Deployment[]) {
  const images = SERVICES.flatMap((service) =>
    COLORS.map((color) => {
      const { name, version } = workload(service, color);
      const deployed = deployments.find(({ metadata }) => metadata.name === name);
      return { service, version: deployed?.metadata.labels[VERSION_LABEL] ?? version };
    }),
  );
  return new Map(images.map((image) => [`${image.service}:${image.version}`, image]));
}

async function imageRows(
  images: ReturnType<typeof imagesOf>,
  registry: string | undefined,
  context: Context,
) {
  if (!registry) return [["image", "-", "no registry set", "set EKS_ECR_REGISTRY to see its images"]];
  const client = createRegistry(registry, { ...context, login: await findLogin(registry, context) });
  const rows = Array.from(images, async ([name, { service, version }]) => {
    const digest = await client.digest(service, version);
    return ["image", name, digest ? "pushed" : "absent", digest ?? "-"];
  });
  return Promise.all(rows);
}

async function releaseRows({ helm }: Cluster) {
  const releases = await helm.list();
  return releases.map((each) => [
    "release",
    each.name,
    each.status,
    `${each.chart}, revision ${each.revision}`,
  ]);
}

function deploymentRows(deployments: readonly Deployment[]) {
  return deployments.map(({ metadata, spec, status: { readyReplicas } }) => {
    const images = spec.template.spec.containers.map(({ image }) => image).join(", ");
    return ["deployment", metadata.name, `${readyReplicas}/${spec.replicas} ready`, images];
  });
}

async function serviceRows({ kubectl, namespace }: Cluster) {
  const services = await kubectl.list(Service, ["services", "-n", namespace]);
  return services.map(({ metadata, spec: { type, clusterIP, externalName, selector } }) => {
    const labels = Object.entries(selector).map((pair) => pair.join("="));
    return ["service", metadata.name, type, externalName ?? `${clusterIP}, ${labels.join(" ")}`];
  });
}
