import { createHelm } from "../adapters/helm.ts";
import { createKubectl } from "../adapters/kubectl.ts";
import { createJumpbox } from "./jumpbox.ts";
import { DEFAULT_NAMESPACE } from "../names.ts";

/** Which cluster a command works on. */
export interface ClusterOptions {
  namespace?: string;
  context?: string;
}

export type Cluster = ReturnType<typeof openCluster>;

/** The adapters of one cluster and namespace. */
export function openCluster({ namespace = DEFAULT_NAMESPACE, context }: ClusterOptions) {
  const kubectl = createKubectl(context);
  return { namespace, kubectl, helm: createHelm({ namespace, context }), jumpbox: createJumpbox(kubectl) };
}
