import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { versionIn } from "../domain/echo.ts";
import { UserError } from "../lib/errors.ts";
import { unchanged } from "../lib/tasks.ts";
import { waitFor } from "../lib/wait.ts";
import type { VerifyStep } from "./plan.ts";

const TIMEOUT_MS = 30_000;
const Pods = v.object({ metadata: v.object({ deletionTimestamp: v.optional(v.string()) }) });

/**
 * Sends requests through the jumpbox until a pod of the released version responds. A pod that drains does not count: it closes
 * each connection.
 */
export async function verify({ url, version, app }: VerifyStep, cluster: Cluster, signal: AbortSignal) {
  let last: string | undefined;
  const check = async () => {
    const [response] = await cluster.jumpbox.request([url], { signal });
    last = response?.body;
    if (versionIn(last) !== version) return undefined;
    // A setting of the service may close each connection too.
    if (response?.closes && (await hasDrainingPods(app, cluster))) {
      last = `${last}, from a pod that terminates`;
      return undefined;
    }
    return last;
  };
  const verified = await waitFor(check, { timeoutMs: TIMEOUT_MS, signal });
  if (verified !== undefined) return unchanged(verified);
  throw new UserError(`${url} must return version ${version}, but returned: ${last || "nothing"}`);
}

async function hasDrainingPods(app: string, { kubectl, namespace }: Cluster): Promise<boolean> {
  const pods = await kubectl.list(Pods, ["pods", "-n", namespace, "-l", `app=${app}`]);
  return pods.some(({ metadata }) => metadata.deletionTimestamp !== undefined);
}
