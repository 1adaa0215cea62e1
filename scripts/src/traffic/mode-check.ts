import type { Cluster } from "../adapters/cluster.ts";
import type { Mode } from "../domain/mode.ts";
import { describeWeights, liveColors } from "../domain/weights.ts";
import { UserError } from "../lib/errors.ts";
import { checkClass } from "./stable-name/gateway-check.ts";
import { checkRivals } from "./stable-name/route-check.ts";
import { enabledServices, type TrafficValues } from "./stable-name/traffic-release.ts";

/** The options of mode gateway. */
export interface GatewayOptions {
  /** The GatewayClass. Default: as it is. */
  className?: string;
  /** DNS name of the controller's Service. Default: as it is, or as the Gateway reports it. */
  address?: string;
  /** How long the controller may take, in ms. */
  timeout: number;
}

/** @throws {UserError} if a gateway is already in use, and the options name another one */
export function isNothingToChange(
  mode: Mode,
  { className, address }: GatewayOptions,
  before: TrafficValues,
  flags: string,
): boolean {
  if (mode !== before.mode) return false;
  const { gateway } = before;
  if (mode === "service") return !gateway.staged;
  if (
    (className ?? gateway.className) === gateway.className &&
    (address ?? gateway.address) === gateway.address
  )
    return true;
  throw new UserError(
    `The mode is gateway already, with the class ${gateway.className || "of its parentRefs"} and the address ${gateway.address}. To use another gateway, first: pnpm shift mode service${flags}`,
  );
}

/**
 * @throws {UserError} if the class is missing, has no effect, or has no controller, if an Ingress needs mode service, or if
 * another route has a host name of ours
 */
export async function prepareGateway(
  options: GatewayOptions,
  before: TrafficValues,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<void> {
  const { gateway, ingress } = before;
  if (ingress.enabled)
    throw new UserError(
      "Mode gateway cannot serve the Ingress of echo-traffic (ingress.enabled): in this mode the stable name has no pods.",
    );
  const className = options.className ?? gateway.className;
  if (gateway.parentRefs.length > 0) {
    if (options.className !== undefined)
      throw new UserError(
        "--class-name has no effect: the value gateway.parentRefs names existing Gateways.",
      );
  } else if (className === "")
    throw new UserError(
      "Missing --class-name: mode gateway expects the GatewayClass of an installed controller. List them: kubectl get gatewayclass",
    );
  else await checkClass(className, cluster, { timeoutMs: options.timeout, signal });
  const values = { ...before, gateway: { ...gateway, className } };
  await checkRivals(
    enabledServices(before).map(({ service }) => ({ service, values })),
    cluster,
  );
}

/** @throws {UserError} if a plain Service cannot have the weights */
export function checkWeights(before: TrafficValues, flags: string): void {
  for (const { weights } of enabledServices(before))
    if (liveColors(weights).length > 1)
      throw new UserError(
        `Mode service supports no weights of ${describeWeights(weights)}: a plain Service sends all or nothing. First move all traffic to one colour: pnpm shift blue${flags}`,
      );
}
