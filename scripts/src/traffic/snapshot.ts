import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { SERVICES } from "../domain/workload.ts";

const PodObject = v.object({
  metadata: v.object({
    name: v.string(),
    uid: v.string(),
    deletionTimestamp: v.optional(v.string()),
    labels: v.optional(v.record(v.string(), v.string()), {}),
  }),
  status: v.object({ containerStatuses: v.optional(v.array(v.object({ restartCount: v.number() })), []) }),
});
const Autoscaler = v.object({ spec: v.object({ scaleTargetRef: v.object({ name: v.string() }) }) });

interface Pod {
  name: string;
  uid: string;
  restarts: number;
  /** The hash of the pod's template. */
  template: string;
  app: string;
}

/** The pods of the echo services at one moment, and the workloads that an autoscaler scales. */
export interface Snapshot {
  pods: readonly Pod[];
  autoscaled: ReadonlySet<string>;
}

export interface Difference {
  /** Changes that a shift must never make. */
  moved: string[];
  /** Changes by an autoscaler. */
  scaled: string[];
}

export async function takeSnapshot({ kubectl, namespace }: Cluster): Promise<Snapshot> {
  const selector = ["-n", namespace, "-l", `app.kubernetes.io/name in (${SERVICES.join(", ")})`];
  const [pods, autoscalers] = await Promise.all([
    kubectl.list(PodObject, ["pods", ...selector]),
    kubectl.list(Autoscaler, ["horizontalpodautoscalers", "-n", namespace]),
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
    autoscaled: new Set(autoscalers.map(({ spec }) => spec.scaleTargetRef.name)),
  };
}

/** The differences between two moments: UIDs, restart counts and templates. */
export function compareSnapshots(before: Snapshot, after: Snapshot): Difference {
  const moved: string[] = [];
  const scaled: string[] = [];
  const templates = new Set(before.pods.map(({ app, template }) => `${app} ${template}`));
  const report = ({ name, app, template }: Pod, what: string) => {
    const byAutoscaler = after.autoscaled.has(app) && templates.has(`${app} ${template}`);
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
