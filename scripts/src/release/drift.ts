import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { type Difference, differences } from "../domain/difference.ts";
import { type KubeObject, nameOf } from "../domain/kube-object.ts";
import { autoscalerOf, Deployment, documentsIn, objectsIn, restore } from "./restore.ts";

/** Where the cluster differs from what helm installed. */
export interface Drift {
  /** Objects of the release that were deleted, such as `Service echo-backend-blue`. */
  missing: readonly string[];
  /** Objects of the release that were changed. */
  changed: readonly ChangedObject[];
  /** The Deployment's number of pods that someone chose by hand. It is not a fault. */
  scaled?: { replicas: number; installed: number } | undefined;
}

export interface ChangedObject {
  /** `Deployment echo-backend-blue` */
  name: string;
  /** What differs, one line each. No line shows the value of an environment variable, because it may be a secret. */
  lines: readonly string[];
}

/**
 * Compares the objects of an installed manifest with those in the cluster. What the API server, a controller or a tool such
 * as `kubectl rollout restart` adds is not a change: defaults, status, labels and annotations.
 */
export async function findDrift(manifest: string, { kubectl, namespace }: Cluster): Promise<Drift> {
  const installed = objectsIn(manifest);
  const live = await liveObjects(installed, { kubectl, namespace });
  const restored = installed.flatMap((object) => restore(object, live.get(nameOf(object)), installed) ?? []);
  const expected = byName(await kubectl.previewReplace(namespace, restored));
  const changed = installed.flatMap((object) => {
    const name = nameOf(object);
    const lines = differences(comparable(live.get(name)), comparable(expected.get(name))).map(describe);
    return live.has(name) && lines.length > 0 ? [{ name, lines }] : [];
  });
  return {
    missing: installed.map(nameOf).filter((name) => !live.has(name)),
    changed,
    scaled: installed
      .map((object) => scaledByHand(object, live.get(nameOf(object)), installed))
      .find(Boolean),
  };
}

/** Makes changed objects as a manifest has them. helm itself would keep what was added to them. */
export async function repair(
  changed: readonly ChangedObject[],
  manifest: string,
  { kubectl, namespace }: Cluster,
) {
  const names = new Set(changed.map(({ name }) => name));
  const all = objectsIn(manifest);
  const wanted = all.filter((object) => names.has(nameOf(object)));
  const live = await liveObjects(wanted, { kubectl, namespace });
  await kubectl.replaceAll(
    namespace,
    wanted.flatMap((object) => restore(object, live.get(nameOf(object)), all) ?? []),
  );
}

/** What a release says of a drift. */
export function describeDrift(
  release: string,
  { missing, changed, scaled }: Drift,
  { kubectl, namespace }: Pick<Cluster, "kubectl" | "namespace">,
): string[] {
  const restored = [
    ...missing.map((name) => `  ${name} is missing`),
    ...changed.flatMap(({ name, lines }) => lines.map((line) => `  ${name}: ${line}`)),
  ];
  const scale = `${kubectl.command} -n ${namespace} scale deployment/${release} --replicas=${scaled?.installed}`;
  return [
    ...(restored.length > 0
      ? [`${release} was changed since its last release. This release restores:`, ...restored]
      : []),
    ...(scaled
      ? [
          `${release} has ${scaled.replicas} pods, and ${scaled.installed} by its release. They stay. To undo that: ${scale}`,
        ]
      : []),
  ];
}

/** Whether two manifests are the same, apart from the number of pods that an autoscaler chose in between. */
export function sameManifest(a: string, b: string): boolean {
  return a === b || isDeepStrictEqual(withoutScale(a), withoutScale(b));
}

async function liveObjects(
  objects: readonly KubeObject[],
  { kubectl, namespace }: Pick<Cluster, "kubectl" | "namespace">,
) {
  return byName(await kubectl.findAll(namespace, objects));
}

function byName(objects: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  return new Map(objects.map((object) => [nameOf(object), object]));
}

function scaledByHand(
  wanted: KubeObject,
  live: KubeObject | undefined,
  all: readonly KubeObject[],
): Drift["scaled"] {
  if (!v.is(Deployment, wanted) || !v.is(Deployment, live) || autoscalerOf(wanted, all)) return undefined;
  const { replicas } = live.spec;
  const { replicas: installed = 1 } = wanted.spec;
  return replicas === undefined || replicas === 0 || replicas === installed
    ? undefined
    : { replicas, installed };
}

function withoutScale(manifest: string): unknown[] {
  const objects = objectsIn(manifest);
  return documentsIn(manifest).map((document) =>
    v.is(Deployment, document) && autoscalerOf(document, objects) ? unscaled(document) : document,
  );
}

function unscaled(deployment: v.InferOutput<typeof Deployment>): object {
  return { ...deployment, spec: { ...deployment.spec, replicas: undefined } };
}

/** What of an object a release determines. */
function comparable(object: KubeObject | undefined): object {
  if (object === undefined) return {};
  const { apiVersion: _, kind: _kind, status: _status, metadata, ...content } = object;
  return { ...content, labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} };
}

function describe({ path, found, expected }: Difference): string {
  const short = path.replace(/^spec\.(template\.spec\.)?/, "");
  if (found === undefined) return `${short} was removed`;
  if (expected === undefined) return `${short} was added`;
  if (path.includes(".env[") || typeof found === "object" || typeof expected === "object")
    return `${short} was changed`;
  return `${short} is ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`;
}
