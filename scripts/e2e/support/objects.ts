import { eventually } from "./limits.ts";
import { cluster } from "./system.ts";

const { kubectl } = cluster;

/** What Kubernetes itself adds to a new namespace, after a moment. */
const DEFAULTS = ["ConfigMap kube-root-ca.crt ", "ServiceAccount default "];

/** Each object in a namespace: its kind, name and UID. Events do not count: Kubernetes itself adds and removes them. */
export async function objectsIn(namespace: string): Promise<string[]> {
  const kinds = await kubectl.run(["api-resources", "--namespaced", "--verbs=list,delete", "-o", "name"]);
  const all = kinds.split("\n").filter((kind) => !kind.startsWith("events"));
  const format = String.raw`jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid}{"\n"}{end}`;
  const text = await kubectl.run(["get", all.join(","), "-n", namespace, "-o", format]);
  return text.split("\n").toSorted();
}

/** The Events that shifts have written in a namespace. */
export function shiftEventsIn(namespace: string): Promise<string> {
  return kubectl.run([
    "get",
    "events",
    "-n",
    namespace,
    "--field-selector",
    "source=pnpm-shift",
    "-o",
    "name",
  ]);
}

/** Creates objects of somebody else in a new namespace. @returns all objects of the namespace */
export async function createForeignObjects(namespace: string): Promise<string[]> {
  const metadata = { name: "someone-elses", namespace };
  const items = [
    { apiVersion: "v1", kind: "ConfigMap", metadata },
    { apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ port: 80 }] } },
    { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec: { holderIdentity: "someone" } },
  ];
  await kubectl.apply({ apiVersion: "v1", kind: "List", items });
  return eventually("the objects of a new namespace", async () => {
    const objects = await objectsIn(namespace);
    const isComplete = DEFAULTS.every((name) => objects.some((object) => object.startsWith(name)));
    return isComplete ? objects : undefined;
  });
}

/** Leaves the pod of a helm test, as helm does if the test fails. */
export async function leaveTestPod(release: string, namespace: string): Promise<void> {
  const labels = { "app.kubernetes.io/component": "test", "app.kubernetes.io/part-of": "echo" };
  const { manifest } = cluster.jumpbox;
  await kubectl.create({ ...manifest, metadata: { name: `${release}-test`, namespace, labels } });
}
