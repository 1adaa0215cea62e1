import type { Cluster } from "../adapters/cluster.ts";
import { CommandError, failedWith } from "../adapters/command.ts";
import { createKubectl, FORBIDDEN, type Kubectl } from "../adapters/kubectl.ts";
import type { Check } from "../lib/preflight.ts";

/** Whether the namespace exists. A user who must not know has been given one that does. */
async function exists(kubectl: Kubectl, namespace: string): Promise<boolean> {
  try {
    return (await kubectl.run(["get", "namespace", namespace, "--ignore-not-found", "-o", "name"])) !== "";
  } catch (error) {
    if (failedWith(error, FORBIDDEN)) return true;
    throw error;
  }
}

/** Whether the namespace exists, or this user may create it. */
export async function checkNamespace({ namespace, context }: Cluster): Check {
  const kubectl = createKubectl({ context, retryMs: 0 });
  try {
    if (await exists(kubectl, namespace)) return undefined;
    const [allowed] = await kubectl.reviewAccess([{ verb: "create", resource: "namespaces" }]);
    if (allowed) return undefined;
  } catch (error) {
    // The other checks report a cluster that does not respond.
    if (!(error instanceof CommandError) || error.interrupted) throw error;
    return undefined;
  }
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
