import * as v from "valibot";
import type { Cluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { serviceUrl } from "../names.ts";
import { answeredVersion } from "../release/answer.ts";

const Deployment = v.object({ status: v.object({ readyReplicas: v.optional(v.number(), 0) }) });
const Values = v.object({ version: v.string() });

/** Makes sure that a release can take traffic: ready pods, and the version it was released as. @throws {UserError} */
export async function checkTarget(
  release: string,
  { kubectl, helm, jumpbox, namespace }: Cluster,
): Promise<void> {
  const [deployment, values] = await Promise.all([
    kubectl.find(Deployment, ["deployment", release, "-n", namespace]),
    helm.values(Values, release),
  ]);
  if (!deployment || !values)
    throw refuse(`${release} is not deployed in namespace ${namespace}. Release it first: pnpm release.`);
  if (deployment.status.readyReplicas === 0)
    throw refuse(
      `${release} has no ready pods. See why: kubectl -n ${namespace} describe pods -l app=${release}`,
    );
  const url = serviceUrl(release, namespace);
  const body = await jumpbox.curl(url);
  if (answeredVersion(body) !== values.version)
    throw refuse(
      `${url} must answer version ${values.version}, as it was released, but answers: ${body?.trim() ?? "nothing"}`,
    );
}

function refuse(reason: string): UserError {
  return new UserError(`${reason}\nNo traffic was moved.`);
}
