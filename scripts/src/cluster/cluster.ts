import { createHelm } from "../adapters/helm.ts";
import { createKubectl } from "../adapters/kubectl.ts";
import { UserError } from "../errors.ts";
import { createJumpbox } from "./jumpbox.ts";
import { DEFAULT_NAMESPACE } from "../names.ts";

/** Which cluster a command works on. */
export interface ClusterOptions {
  namespace?: string;
  context?: string;
}

export type Cluster = ReturnType<typeof openCluster>;

/** As Kubernetes allows it; a tool never takes one for an option of its own. */
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The adapters of one cluster and namespace. @throws {UserError} where the namespace cannot be one */
export function openCluster({ namespace = DEFAULT_NAMESPACE, context }: ClusterOptions) {
  if (!NAMESPACE.test(namespace))
    throw new UserError(
      `${JSON.stringify(namespace)} is no namespace, allowed are lower-case letters, digits and - between them, 63 at most`,
    );
  const kubectl = createKubectl(context);
  return {
    namespace,
    context,
    kubectl,
    helm: createHelm({ namespace, context }),
    jumpbox: createJumpbox(kubectl),
  };
}
