import { UserError } from "../../src/lib/errors.ts";
import { checkCluster, checkDocker, checkRegistry } from "../../src/adapters/checks.ts";
import { preflight } from "../../src/lib/preflight.ts";
import { cluster, NAMESPACE, registry } from "./system.ts";

/** Reports what is missing, creates an empty namespace that accepts only restricted pods, and removes it at the end. */
export async function setup(): Promise<() => Promise<void>> {
  try {
    await preflight([...checkCluster(cluster), checkDocker(), checkRegistry(registry)]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`pnpm e2e needs a cluster and a registry. ${error.message}\n`);
    process.exit(1);
  }
  await removeNamespace("--wait");
  await cluster.kubectl.apply({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  return () => removeNamespace("--wait=false");
}

async function removeNamespace(wait: string): Promise<void> {
  await cluster.kubectl.run(["delete", "namespace", NAMESPACE, "--ignore-not-found", wait]);
}
