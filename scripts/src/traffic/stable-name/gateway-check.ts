import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { failedWith } from "../../adapters/command.ts";
import { FORBIDDEN, NO_SUCH_KIND } from "../../adapters/kubectl.ts";
import type { Color } from "../../domain/color.ts";
import { GATEWAY_CLASSES, GATEWAYS, ROUTES } from "../../domain/gateway-api.ts";
import { describeFailure } from "../../domain/sample.ts";
import { TRAFFIC_RELEASE } from "../../domain/workload.ts";
import { UserError } from "../../lib/errors.ts";
import { waitFor } from "../../lib/wait.ts";
import {
  classProblem,
  dnsNameOf,
  Gateway,
  GatewayClass,
  gatewayProblem,
  Route,
  routeProblem,
} from "./gateway-status.ts";
import { sampleColors } from "../sample/jumpbox-sampler.ts";

/** Requests for each host name. */
const SAMPLES = 40;
/** How long a controller may take to accept a new class, in ms. */
const CLASS_TIMEOUT_MS = 10_000;
/** No route has this name. */
const FOREIGN_HOST = "no-route.invalid";

export interface CheckOptions {
  /** The colours that may respond. */
  live: readonly Color[];
  /** DNS name of the controller. Default: the one that the Gateway reports. */
  address: string | undefined;
  /** How long the controller may take, in ms. */
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Refuses a GatewayClass that does not exist, or that no controller accepts in time, before anything is created.
 * @throws {UserError}
 */
export async function checkClass(
  className: string,
  { kubectl }: Cluster,
  { timeoutMs, signal }: Pick<CheckOptions, "timeoutMs" | "signal">,
): Promise<void> {
  let problem: string | undefined;
  const check = async () => {
    const classes = await listClasses(kubectl);
    if (classes === undefined) return true;
    const found = classes.find(({ metadata }) => metadata.name === className);
    if (found === undefined) {
      const names = classes.map(({ metadata }) => metadata.name).join(", ");
      throw new UserError(
        `Invalid GatewayClass ${JSON.stringify(className)}: expected one of the cluster's (${names || "it has none"}).`,
      );
    }
    problem = classProblem(found);
    return problem === undefined || undefined;
  };
  if (await waitFor(check, { timeoutMs: Math.min(timeoutMs, CLASS_TIMEOUT_MS), intervalMs: 1000, signal }))
    return;
  throw new UserError(
    `Invalid GatewayClass ${JSON.stringify(className)}: ${problem}. Expected a class whose controller runs: kubectl get gatewayclass`,
  );
}

/** The classes of the cluster; undefined if the user may not see them, and learns from the Gateway's status instead. */
async function listClasses(kubectl: Cluster["kubectl"]) {
  try {
    return await kubectl.list(GatewayClass, [GATEWAY_CLASSES]);
  } catch (error) {
    // Classes belong to the cluster.
    if (failedWith(error, FORBIDDEN)) return undefined;
    if (!failedWith(error, NO_SUCH_KIND)) throw error;
    throw new UserError(
      "The cluster has no Gateway API. Install a controller: https://gateway-api.sigs.k8s.io/implementations/",
      { cause: error },
    );
  }
}

/**
 * Waits until the controller has programmed the Gateway and accepted the routes of echo-traffic, and until requests with each
 * of their host names, sent to the address, reach the colours.
 * @returns the address
 * @throws {UserError} with the controller's reason, or the failed request
 */
export async function checkGateway(cluster: Cluster, options: CheckOptions): Promise<string> {
  const { timeoutMs, signal } = options;
  const end = performance.now() + timeoutMs;
  const { gateways, routes } = await waitForController(cluster, options);
  const address = options.address ?? gateways.map(dnsNameOf).find((name) => name !== undefined);
  if (address === undefined)
    throw new UserError(
      "The Gateway reports no DNS name. Use --address with the DNS name of the controller's Service.",
    );
  const hosts = routes.flatMap(({ spec }) => spec.hostnames);
  let problem: string | undefined;
  const check = async () => {
    problem = await requestProblem(cluster, address, hosts, options);
    return problem === undefined || undefined;
  };
  const left = Math.max(0, end - performance.now());
  if (!(await waitFor(check, { timeoutMs: left, intervalMs: 1000, signal }))) throw new UserError(problem);
  return address;
}

async function waitForController({ kubectl, namespace }: Cluster, { timeoutMs, signal }: CheckOptions) {
  const Kinds = v.variant("kind", [Gateway, Route]);
  const ours = [
    `${GATEWAYS},${ROUTES}`,
    "-n",
    namespace,
    "-l",
    `app.kubernetes.io/instance=${TRAFFIC_RELEASE}`,
  ];
  let problem: string | undefined;
  const check = async () => {
    const items = await kubectl.list(Kinds, ours);
    const gateways = items.filter((item) => item.kind === "Gateway");
    const routes = items.filter((item) => item.kind === "HTTPRoute");
    problem = [...gateways.map(gatewayProblem), ...routes.map(routeProblem)].find(
      (text) => text !== undefined,
    );
    return problem === undefined ? { gateways, routes } : undefined;
  };
  const ready = await waitFor(check, { timeoutMs, intervalMs: 1000, signal });
  if (!ready) throw new UserError(problem);
  return ready;
}

/** Why requests to the address do not reach the colours; undefined if all do, and a foreign host name does not. */
async function requestProblem(
  { jumpbox }: Cluster,
  address: string,
  hosts: readonly string[],
  { live, signal }: CheckOptions,
): Promise<string | undefined> {
  const url = `http://${address}`;
  for (const host of hosts) {
    const samples = await sampleColors(jumpbox, url, host)(SAMPLES, signal);
    const good = samples.filter(({ status, color }) => status === 200 && color && live.includes(color));
    const bad = samples.find((sample) => !good.includes(sample));
    if (samples.length > 0 && !bad) continue;
    const reason = bad ? describeFailure(bad) : "no response";
    return `${samples.length - good.length} of ${samples.length} requests to ${address} with the host name ${host} did not reach the live colour: ${reason}`;
  }
  // A Service of ours would respond to any name. The stable name must not become an alias of itself.
  const foreign = await sampleColors(jumpbox, url, FOREIGN_HOST)(1, signal);
  return foreign.some(({ color }) => color !== undefined)
    ? `${address} does not lead to the Gateway: it serves the host name ${FOREIGN_HOST} too`
    : undefined;
}
