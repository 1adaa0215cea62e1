import { DEFAULT_NAMESPACE } from "../domain/workload.ts";
import { createHelm } from "./helm.ts";
import { createJumpbox } from "./jumpbox.ts";
import { createKubectl } from "./kubectl.ts";

/** The cluster and namespace that a command works on. */
export interface ClusterOptions {
  /** Holds everything, the jumpbox included. Default: demos, with the jumpbox in the namespace default. */
  namespace?: string;
  /** Default: the current context of the kubeconfig. */
  context?: string;
  /** The image of a new jumpbox, and of the present one if it differs. Default: nginx. */
  jumpboxImage?: string;
}

export type Cluster = ReturnType<typeof openCluster>;

/**
 * The tools for one cluster and namespace.
 * @param signal terminates every call; without it, a command can clean up after an interruption
 */
export function openCluster(options: ClusterOptions, signal?: AbortSignal) {
  const { namespace = DEFAULT_NAMESPACE, context, jumpboxImage } = options;
  const jumpboxNamespace = options.namespace ?? "default";
  const kubectl = createKubectl({ context, signal });
  return {
    namespace,
    context,
    /** The options that select this namespace and cluster again: ` -n other`, or an empty text. */
    flags: [
      options.namespace === undefined ? "" : ` -n ${namespace}`,
      context === undefined ? "" : ` --context ${context}`,
    ].join(""),
    kubectl,
    helm: createHelm({ namespace, context, signal }),
    jumpbox: createJumpbox(kubectl, jumpboxNamespace, jumpboxImage),
  };
}
