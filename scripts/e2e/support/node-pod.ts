import { DEFAULT_BACKEND_VERSIONS } from "../../src/domain/version.ts";
import { podReady } from "./pods.ts";
import { cluster, NAMESPACE, registry } from "./system.ts";

export interface NodePod {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  command: readonly string[];
  /** More fields of the container. */
  container?: object;
}

/** Starts a pod that has Node, and waits until it is ready. It requests no CPU, so it always fits. */
export async function startNodePod({
  name,
  namespace = NAMESPACE,
  labels = {},
  command,
  container,
}: NodePod) {
  await cluster.kubectl.apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name,
          // The node has this image already.
          image: `${registry}/echo-backend:${DEFAULT_BACKEND_VERSIONS.blue}`,
          command,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          ...container,
        },
      ],
    },
  });
  await podReady(name, namespace);
}
