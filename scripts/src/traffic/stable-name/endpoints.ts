import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { CommandError } from "../../adapters/command.ts";
import type { Color } from "../../domain/color.ts";
import { type ServiceName, workload } from "../../domain/workload.ts";

const Slice = v.looseObject({ addressType: v.string(), endpoints: v.nullish(v.array(v.unknown())) });
type Slice = v.InferOutput<typeof Slice>;

/**
 * Gives an alias the endpoints of a colour, before it becomes a plain Service again. Kubernetes does not update the
 * EndpointSlices of an ExternalName (https://issues.k8s.io/105986): they are those of before mode gateway, and a request to a
 * pod that is gone waits for its timeout.
 * @returns why this was not possible, in kubectl's words; undefined if it was
 */
export async function refreshEndpoints(
  service: ServiceName,
  color: Color,
  { kubectl, namespace }: Pick<Cluster, "kubectl" | "namespace">,
): Promise<string | undefined> {
  const slicesOf = (name: string) =>
    kubectl.list(Slice, [
      ...["endpointslices.discovery.k8s.io", "-n", namespace],
      ...["-l", `kubernetes.io/service-name=${name}`],
    ]);
  try {
    const stale = await slicesOf(service);
    if (stale.length === 0) return undefined;
    await kubectl.replaceAll(namespace, withEndpoints(stale, await slicesOf(workload(service, color).name)));
    return undefined;
  } catch (error) {
    // Kubernetes does the same a moment later, so the change goes on.
    if (error instanceof CommandError && !error.interrupted) return error.stderr || error.message;
    throw error;
  }
}

/** Each slice with the endpoints of a fresh one of its address type, and with none if there are fewer of those. */
function withEndpoints(slices: readonly Slice[], fresh: readonly Slice[]): Slice[] {
  const rest = [...fresh];
  return slices.map((slice) => {
    const index = rest.findIndex(({ addressType }) => addressType === slice.addressType);
    const [next] = index === -1 ? [] : rest.splice(index, 1);
    return { ...slice, endpoints: next?.endpoints ?? [] };
  });
}
