import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";

const Variable = v.object({ name: v.string(), value: v.optional(v.string()) });
const Container = v.object({ env: v.optional(v.array(Variable), []) });
const Frontend = v.object({
  metadata: v.object({ name: v.string() }),
  spec: v.object({ template: v.object({ spec: v.object({ containers: v.array(Container) }) }) }),
  status: v.object({ readyReplicas: v.optional(v.number(), 0) }),
});

/** A frontend's Deployment. */
export interface FrontendDeployment {
  name: string;
  readyReplicas: number;
  /** The values of `BACKEND` in its pods. */
  backends: readonly string[];
}

/** The frontends of a namespace. */
export async function listFrontends({
  kubectl,
  namespace,
}: Pick<Cluster, "kubectl" | "namespace">): Promise<FrontendDeployment[]> {
  const selector = ["-n", namespace, "-l", "app.kubernetes.io/name=echo-frontend"];
  const frontends = await kubectl.list(Frontend, ["deployments", ...selector]);
  return frontends.map(({ metadata: { name }, spec, status: { readyReplicas } }) => {
    const variables = spec.template.spec.containers.flatMap(({ env }) => env);
    const backends = variables.flatMap((each) => (each.name === "BACKEND" ? (each.value ?? []) : []));
    return { name, readyReplicas, backends };
  });
}
