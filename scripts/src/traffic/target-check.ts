import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { versionIn } from "../domain/echo.ts";
import { serviceUrl } from "../domain/workload.ts";
import { UserError } from "../lib/errors.ts";
import { waitFor } from "../lib/wait.ts";

/** How long to retry a target whose responses have no version, in ms. */
const ANSWER_TIMEOUT_MS = 10_000;

const Deployment = v.object({
  spec: v.object({ replicas: v.optional(v.number(), 1) }),
  status: v.object({ readyReplicas: v.optional(v.number(), 0) }),
});
const Values = v.object({ version: v.string() });

/** A Deployment and its number of ready pods; undefined if it does not exist. */
export function findDeployment(name: string, { kubectl, namespace }: Cluster) {
  return kubectl.find(Deployment, ["deployment", name, "-n", namespace]);
}

/** Checks that a release can take traffic: it has ready pods, and they run the released version. @throws {UserError} */
export async function checkTarget(release: string, cluster: Cluster, signal?: AbortSignal): Promise<void> {
  const { helm, jumpbox, namespace } = cluster;
  const [deployment, values] = await Promise.all([
    findDeployment(release, cluster),
    helm.values(Values, release),
  ]);
  if (!deployment || !values)
    throw refuse(`${release} is not deployed in namespace ${namespace}. Release it first: pnpm release.`);
  if (deployment.status.readyReplicas === 0)
    throw refuse(
      `${release} has no ready pods. See why: kubectl -n ${namespace} describe pods -l app=${release}`,
    );
  const url = serviceUrl(release, namespace);
  let body: string | undefined;
  // A failed request does not tell the version. The shift itself judges how many requests fail.
  const check = async () => versionIn((body = await jumpbox.curl(url, signal)));
  if ((await waitFor(check, { timeoutMs: ANSWER_TIMEOUT_MS, signal })) !== values.version)
    throw refuse(
      `${url} must return version ${values.version}, as released, but returns: ${body?.trim() ?? "nothing"}`,
    );
}

function refuse(reason: string): UserError {
  return new UserError(`${reason}\nNo traffic was moved.`);
}
