import { once } from "node:events";
import { styleText } from "node:util";
import { localUrl, PORTS, CONTROL_PORT, STABLE_PORT } from "../domain/ports.ts";
import { describeWeights, sameWeights, type Weights } from "../domain/weights.ts";
import { workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import { isPortFree } from "../lib/port.ts";
import { type Check, preflight } from "../lib/preflight.ts";
import { print, table } from "../lib/terminal.ts";
import { startBalancer } from "./balancer.ts";
import { KEYS, listenToKeys, releaseKeys } from "./keys.ts";
import { type DevProcess, planDev } from "./plan.ts";
import { build, onSourceChange } from "./rebuild.ts";
import { type Services, startServices } from "./services.ts";

/** Runs blue, green and the frontend with the stable name between them, rebuilt on change, until Ctrl-C. */
export async function dev({ signal, env }: Context): Promise<void> {
  const plan = planDev();
  await preflight([checkPorts(plan)]);
  print("Building …");
  await build(signal);

  const quit = new AbortController();
  const end = AbortSignal.any([signal, quit.signal]);
  const balancer = await startBalancer(reportChange);
  let services: Services | undefined;
  try {
    services = await startServices(plan, { env, signal });
    const overview = () => printOverview(plan, balancer.weights());
    overview();
    listenToKeys(balancer.set, overview, () => quit.abort());
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

async function checkPorts(plan: readonly DevProcess[]): Check {
  const ports = [
    { port: STABLE_PORT, use: "stable name" },
    { port: CONTROL_PORT, use: "its control" },
    ...plan.flatMap(({ name, port, adminPort }) => [
      { port, use: name },
      { port: adminPort, use: `${name}, admin` },
    ]),
  ];
  const free = await Promise.all(ports.map(({ port }) => isPortFree(port)));
  const taken = ports.filter((_, index) => !free[index]).map(({ port, use }) => `port ${port} (${use})`);
  if (taken.length === 0) return undefined;
  return {
    problem: `in use by another process: ${taken.join(", ")}`,
    remedy: "Stop that process first; `lsof -i :PORT` names it. Perhaps another pnpm dev?",
  };
}

/** Rebuilds and restarts. After an error the next change tries again. @returns what runs now */
async function rebuild(
  plan: readonly DevProcess[],
  running: Services | undefined,
  options: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<Services | undefined> {
  try {
    print("Source changed: building …");
    await build(options.signal);
    await running?.stop();
    return await startServices(plan, options);
  } catch (error) {
    if (options.signal.aborted) return running;
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
