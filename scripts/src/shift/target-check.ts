import * as v from "valibot";
import type { Cluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { serviceUrl } from "../names.ts";
import { answeredVersion } from "../release/answer.ts";
import { waitFor } from "../wait.ts";

/** How long a target that answers no version is asked again, in ms. */
const ANSWER_TIMEOUT_MS = 10_000;

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
  let body: string | undefined;
  // A request that fails says nothing of the version. How many do is for the shift itself to judge.
  const version = await waitFor(async () => answeredVersion((body = await jumpbox.curl(url))), {
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  if (version !== values.version)
    throw refuse(
      `${url} must answer version ${values.version}, as it was released, but answers: ${body?.trim() ?? "nothing"}`,
    );
}

function refuse(reason: string): UserError {
  return new UserError(`${reason}\nNo traffic was moved.`);
}
