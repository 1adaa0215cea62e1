import type { Cluster } from "../adapters/cluster.ts";
import { unlessFailedWith } from "../adapters/command.ts";
import { FORBIDDEN, type Kubectl } from "../adapters/kubectl.ts";
import type { Check } from "../lib/preflight.ts";

/** Whether the namespace exists. A user who must not know has been given one that does. */
async function exists(kubectl: Kubectl, namespace: string): Promise<boolean> {
  const get = kubectl.run(["get", "namespace", namespace, "--ignore-not-found", "-o", "name"]);
  return (await unlessFailedWith(FORBIDDEN, get)) !== "";
}

/** Whether the namespace exists, or this user may create it. */
export async function checkNamespace({ kubectl, namespace }: Cluster): Check {
  if (await exists(kubectl, namespace)) return undefined;
  const [allowed] = await kubectl.reviewAccess([{ verb: "create", resource: "namespaces" }]);
  if (allowed) return undefined;
  return {
    problem: `the namespace ${namespace} does not exist, and this user may not create it`,
    remedy: "Use a namespace of yours: --namespace or ECHO_NAMESPACE.",
  };
}

/**
 * Creates the namespace if it does not exist. helm's own --create-namespace fails without the right to create one, even if the
 * namespace exists.
 */
export async function ensureNamespace({ kubectl, namespace }: Cluster): Promise<void> {
  if (!(await exists(kubectl, namespace)))
    await kubectl.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
}
