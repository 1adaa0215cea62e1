import { once } from "node:events";
import { styleText } from "node:util";
import { localUrl, LOOPBACK, PORTS, STABLE_PORT } from "../domain/ports.ts";
import { describeWeights, sameWeights, type Weights } from "../domain/weights.ts";
import { workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { InterruptedError, UserError } from "../lib/errors.ts";
import { preflight } from "../lib/preflight.ts";
import { print, table } from "../lib/terminal.ts";
import { startBalancer } from "./balancer.ts";
import { serviceEnvironment } from "./environment.ts";
import { KEYS, listenToKeys, releaseKeys } from "./keys.ts";
import { watchParent } from "./parent.ts";
import { type DevProcess, planDev } from "./plan.ts";
import { checkPorts } from "./port-check.ts";
import { build, onSourceChange } from "./rebuild.ts";
import { type Services, startServices } from "./services.ts";

const OPEN_WARNING =
  "Warning: --host lets every machine of this network send requests to the services and read their metrics.";

export interface DevOptions {
  /** Listen on all addresses, not only on the loopback. */
  host?: boolean;
}

/** Runs blue, green and the frontend with the stable name between them, rebuilt on change, until Ctrl-C. */
export async function dev({ host = false }: DevOptions, { signal, env }: Context): Promise<void> {
  const address = host ? undefined : LOOPBACK;
  const plan = planDev(address);
  await preflight([checkPorts(plan)]);
  if (host) print(OPEN_WARNING);
  const quit = new AbortController();
  const end = AbortSignal.any([signal, quit.signal]);
  const stop = () => quit.abort(new InterruptedError("Stopped."));
  // pnpm passes signals on, but not its own end by kill -9.
  if (env.npm_lifecycle_event !== undefined) watchParent(stop);
  print("Building …");
  await build(env, end);

  const balancer = await startBalancer(address, reportChange).catch(async (error: unknown) => {
    // Someone else took a port during the build.
    await preflight([checkPorts(plan)]);
    throw error;
  });
  let services: Services | undefined;
  try {
    services = await startServices(plan, { env: serviceEnvironment(env), signal: end });
    const overview = () => printOverview(plan, balancer.weights());
    overview();
    listenToKeys(balancer.set, overview, stop);
    const watching = onSourceChange(async () => {
      services = await rebuild(plan, services, { env, signal: end });
    }, end);
    if (!end.aborted) await once(end, "abort");
    print("Stopping …");
    await watching;
  } finally {
    releaseKeys();
    await services?.stop();
    await balancer.close();
  }
}

/** Rebuilds and restarts. After an error the next change tries again. @returns what runs now */
async function rebuild(
  plan: readonly DevProcess[],
  running: Services | undefined,
  { env, signal }: Pick<Context, "env" | "signal">,
): Promise<Services | undefined> {
  try {
    print("Source changed: building …");
    await build(env, signal);
    await running?.stop();
    return await startServices(plan, { env: serviceEnvironment(env), signal });
  } catch (error) {
    if (signal.aborted) return running;
    if (!(error instanceof UserError)) throw error;
    print(error.message);
    return running;
  }
}

function reportChange(from: Weights, to: Weights): void {
  if (!sameWeights(from, to))
    print(styleText("bold", `Traffic: ${describeWeights(from)} → ${describeWeights(to)}`));
}

function printOverview(plan: readonly DevProcess[], weights: Weights): void {
  const rows = [
    ...plan.map(({ service, color, version, port, adminPort }) => [
      `${workload(service, color).name} ${version}`,
      localUrl(port),
      `${localUrl(adminPort)}/metrics`,
    ]),
    ["the stable name", localUrl(STABLE_PORT), describeWeights(weights)],
  ];
  const frontend = localUrl(PORTS.frontend.port);
  print();
  print(table(["WHAT", "WHERE", ""], rows));
  print();
  print(`Open ${frontend} in a browser, or: curl ${frontend}`);
  print(`Move the traffic: pnpm shift --local --green 25`);
  if (process.stdin.isTTY) print(`Keys: ${KEYS}`);
  print();
}
