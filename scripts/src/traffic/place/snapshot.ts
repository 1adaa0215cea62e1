import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { SERVICES } from "../../domain/workload.ts";
import {
  autoscaledNames,
  compareObjects,
  describeObjects,
  type KubernetesObject,
  takeObjects,
} from "./object-snapshot.ts";

const PodObject = v.object({
  metadata: v.object({
    name: v.string(),
    uid: v.string(),
    deletionTimestamp: v.optional(v.string()),
    labels: v.optional(v.record(v.string(), v.string()), {}),
  }),
  status: v.object({ containerStatuses: v.optional(v.array(v.object({ restartCount: v.number() })), []) }),
});

interface Pod {
  name: string;
  uid: string;
  restarts: number;
  /** The hash of the pod's template. */
  template: string;
  app: string;
}

/** The pods of the echo services at one moment, and the objects of their namespace. */
export interface Snapshot {
  pods: readonly Pod[];
  objects: readonly KubernetesObject[];
}

export interface Difference {
  /** Changes that a shift must never make. */
  moved: string[];
  /** Changes by an autoscaler. */
  scaled: string[];
}

export async function takeSnapshot(cluster: Cluster): Promise<Snapshot> {
  const { kubectl, namespace } = cluster;
  const selector = ["-n", namespace, "-l", `app.kubernetes.io/name in (${SERVICES.join(", ")})`];
  const [pods, objects] = await Promise.all([
    kubectl.list(PodObject, ["pods", ...selector]),
    takeObjects(cluster),
  ]);
  // A pod that already terminates is not the shift's doing.
  const running = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return {
    pods: running.map(({ metadata: { name, uid, labels }, status }) => ({
      name,
      uid,
      restarts: status.containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
      template: labels["pod-template-hash"] ?? "",
      app: labels.app ?? "",
    })),
    objects,
  };
}

/** What a comparison with this snapshot covers. */
export function describeSnapshot({ pods, objects }: Snapshot): string {
  const specs = objects.length === 0 ? "" : `, and the specs and generations of ${describeObjects(objects)}`;
  return `the UIDs, restarts and templates of ${pods.length} pods${specs}`;
}

/** The differences between two moments. */
export function compareSnapshots(before: Snapshot, after: Snapshot): Difference {
  const { moved, scaled } = compareObjects(before.objects, after.objects);
  const autoscaled = autoscaledNames(after.objects);
  const templates = new Set(before.pods.map(({ app, template }) => `${app} ${template}`));
  const report = ({ name, app, template }: Pod, what: string) => {
    const byAutoscaler = autoscaled.has(app) && templates.has(`${app} ${template}`);
    (byAutoscaler ? scaled : moved).push(`pod ${name} ${what}`);
  };

  const later = new Map(after.pods.map((pod) => [pod.uid, pod]));
  for (const pod of before.pods) {
    const now = later.get(pod.uid);
    if (!now) report(pod, "is gone");
    else if (now.restarts !== pod.restarts) moved.push(`pod ${pod.name} was restarted`);
    later.delete(pod.uid);
  }
  for (const pod of later.values()) report(pod, "is new");
  return { moved, scaled };
}
