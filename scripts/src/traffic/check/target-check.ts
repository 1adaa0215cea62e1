import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { serviceUrl, type Workload } from "../../domain/workload.ts";
import type { Need } from "./capacity.ts";
import { checkCapacity } from "./capacity-check.ts";
import { checkResponses, type Expected } from "./response-check.ts";
import { readWorkload, type RunningWorkload } from "./running-workload.ts";
import { TargetError } from "./target-error.ts";

export interface TargetOptions {
  signal?: AbortSignal | undefined;
  /** What the user should know of a target that is accepted. */
  onNote?: ((text: string) => void) | undefined;
}

/** The workload that shall get traffic. */
type Target = Pick<Workload, "service" | "name" | "color">;

const Values = v.object({ version: v.string() });

/**
 * Checks that a workload can take traffic: it has the capacity, and its Service and each ready pod respond with its version
 * and colour.
 * @throws {TargetError}
 */
export async function checkTarget(
  target: Target,
  need: Need,
  cluster: Cluster,
  { signal, onNote }: TargetOptions = {},
): Promise<void> {
  const { name } = target;
  const running = await findRunning(name, cluster);
  const expected = await expectedOf(target, cluster);
  const note = await checkCapacity(target, running, need, cluster);
  if (note !== undefined) onNote?.(note);
  const service = serviceUrl(name, cluster.namespace);
  const respondersOf = ({ pods }: RunningWorkload) => [
    { name: service, url: service },
    ...pods.map((pod) => ({ name: `pod ${pod.name} (${pod.url})`, url: pod.url })),
  ];
  let first: RunningWorkload | undefined = running;
  const find = async () => {
    const responders = respondersOf(first ?? (await findRunning(name, cluster)));
    first = undefined;
    return responders;
  };
  const request = (urls: readonly string[]) => cluster.jumpbox.request(urls, { signal });
  await checkResponses(find, expected, request, signal);
}

/** What a target must respond with: what was released. @throws {TargetError} if nothing was */
export async function expectedOf(
  { name, color }: Target,
  { helm, namespace, flags }: Cluster,
): Promise<Required<Expected>> {
  const values = await helm.values(Values, name);
  if (values) return { version: values.version, color };
  throw new TargetError(
    `${name} is no helm release in namespace ${namespace}. Release it first: pnpm release${flags}`,
  );
}

async function findRunning(name: string, cluster: Cluster): Promise<RunningWorkload> {
  const running = await readWorkload(name, cluster);
  if (running) return running;
  throw new TargetError(
    `${name} is not deployed in namespace ${cluster.namespace}. Release it first: pnpm release${cluster.flags}`,
  );
}
