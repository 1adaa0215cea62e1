import type { Cluster } from "../../adapters/cluster.ts";
import type { Workload } from "../../domain/workload.ts";
import { UserError } from "../../lib/errors.ts";
import type { Need } from "./capacity.ts";
import type { Autoscaler, RunningWorkload } from "./running-workload.ts";
import { TargetError } from "./target-error.ts";

type Named = Pick<Workload, "name" | "service">;

/**
 * Checks that a workload has the pods that it needs, or an autoscaler that may add them.
 * @returns what the user should know of its autoscaler; undefined without one
 * @throws {TargetError} with the number of missing pods, and the command that adds them
 */
export async function checkCapacity(
  workload: Named,
  { pods, wanted, autoscaler }: RunningWorkload,
  need: Need,
  cluster: Cluster,
): Promise<string | undefined> {
  const { name } = workload;
  const ready = pods.length;
  const has = ready === 0 ? "no ready pods" : `${ready} ready pod${ready === 1 ? "" : "s"}`;
  const capacity = ready > 0 && autoscaler ? autoscaler.maxReplicas : ready;
  if (capacity >= need.ready)
    return autoscaler && describeAutoscaler(name, autoscaler, `${has}, ${expect(need)}`);

  const limit = capacity === ready ? "" : `, and its autoscaler adds up to ${capacity} (maxReplicas)`;
  const remedy = await findRemedy(workload, { wanted, autoscaler }, need, cluster);
  throw new TargetError(
    [
      `${name} has ${has}${limit}, ${expect(need)}. ${need.ready - capacity} missing.`,
      remedy,
      ...(capacity > 0 ? [`To do with fewer: --min-ready ${capacity}`] : []),
    ].join("\n"),
  );
}

/**
 * Checks before a release that its workload will have the pods that a shift then needs: a release keeps their number.
 * @throws {UserError} with the number of missing pods, and the command that adds them
 */
export async function checkFutureCapacity(
  workload: Named,
  { wanted, autoscaler }: RunningWorkload,
  need: Need,
  cluster: Cluster,
): Promise<void> {
  const most = autoscaler?.maxReplicas ?? wanted;
  // A release starts a workload again that was scaled to 0.
  if (wanted === 0 || most >= need.ready) return;
  throw new UserError(
    [
      `Nothing was changed: ${workload.name} would have ${most} of the ${need.ready} pods that the shift needs (${need.reason}).`,
      await findRemedy(workload, { wanted, autoscaler }, need, cluster),
      "Or leave out --shift, and shift with --min-ready afterwards.",
    ].join("\n"),
  );
}

function expect({ ready, reason }: Need): string {
  return `expected ${ready} (${reason})`;
}

function describeAutoscaler(name: string, { maxReplicas, problem }: Autoscaler, state: string): string {
  const cannot = problem === undefined ? "" : ` It cannot scale now: ${problem}.`;
  return `An autoscaler owns ${name}: its maxReplicas ${maxReplicas} counts. ${state}.${cannot}`;
}

/** What to do about missing pods. */
async function findRemedy(
  { name, service }: Named,
  { wanted, autoscaler }: Pick<RunningWorkload, "wanted" | "autoscaler">,
  need: Need,
  { helm, kubectl: { command }, namespace }: Cluster,
): Promise<string> {
  const kubectl = `${command} -n ${namespace}`;
  if (autoscaler && autoscaler.maxReplicas < need.ready) {
    const { fromChart, name: hpa } = autoscaler;
    const patch = `${kubectl} patch hpa ${hpa} --type merge -p '{"spec":{"maxReplicas":${need.ready}}}'`;
    const set = () => helm.setCommand(name, service, `autoscaling.maxReplicas=${need.ready}`);
    return `Let the autoscaler add them: ${fromChart ? await set() : patch}`;
  }
  if (wanted >= need.ready) return `See why its pods are not ready: ${kubectl} describe pods -l app=${name}`;
  return `Add them: ${await helm.setCommand(name, service, `replicas=${need.ready}`)}`;
}
