import { once } from "node:events";
import { styleText } from "node:util";
import { LOOPBACK } from "../domain/ports.ts";
import { describeWeights, sameWeights, type Weights } from "../domain/weights.ts";
import type { Context } from "../lib/context.ts";
import { InterruptedError, UserError } from "../lib/errors.ts";
import { preflight } from "../lib/preflight.ts";
import { print } from "../lib/terminal.ts";
import { startBalancer } from "./balancer.ts";
import { serviceEnvironment } from "./environment.ts";
import { keyBindings } from "./key-bindings.ts";
import { createKeyReader, describeKeys, type KeyBinding, listenToKeys, summarizeKeys } from "./keys.ts";
import { formatLog, isShown } from "./log.ts";
import { describeOverview } from "./overview.ts";
import { watchParent } from "./parent.ts";
import { planDev } from "./plan.ts";
import { checkPorts } from "./port-check.ts";
import { build, watchSource } from "./rebuild.ts";
import { type Services, startServices } from "./services.ts";

const OPEN_WARNING =
  "Warning: --host lets every machine of this network send requests to the services, read their metrics and set faults.";

export interface DevOptions {
  /** Listen on all addresses, not only on the loopback. */
  host?: boolean;
  /** Show a line for each request from the start. */
  requests?: boolean;
}

/** Runs blue, green and the frontend with the stable name between them, rebuilt on change, until Ctrl-C. */
export async function dev(options: DevOptions, { signal, env }: Context): Promise<void> {
  const { host = false } = options;
  let { requests: withRequests = false } = options;
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
  const start = () =>
    startServices(plan, {
      env: serviceEnvironment(env),
      signal: end,
      onLine: (name, line) => {
        if (isShown(line, withRequests)) print(formatLog(name, line));
      },
    });
  const printOverview = () => print(describeOverview(plan, balancer.weights()));
  const bindings: KeyBinding[] = keyBindings({
    setWeights: balancer.set,
    toggleRequests: () => {
      withRequests = !withRequests;
      print(withRequests ? "Each request has a line now." : "Only failed requests have a line now.");
    },
    printOverview,
    printKeys: () => print(describeKeys(bindings)),
    quit: stop,
  });
  let services: Services | undefined;
  let releaseKeys: (() => void) | undefined;
  try {
    services = await start();
    printOverview();
    if (process.stdin.isTTY) print(`Keys: ${summarizeKeys(bindings)}`);
    releaseKeys = listenToKeys(createKeyReader(bindings, { say: printMessage, quit: stop }));
    const onChange = async () => {
      services = await rebuild(start, services, { env, signal: end });
    };
    const watching = watchSource({ onChange, onError: print }, end);
    if (!end.aborted) await once(end, "abort");
    print("Stopping …");
    await watching;
  } finally {
    releaseKeys?.();
    await services?.stop();
    await balancer.close();
  }
}

/** Rebuilds and restarts. After an error the next change tries again. @returns what runs now */
async function rebuild(
  start: () => Promise<Services>,
  running: Services | undefined,
  { env, signal }: Pick<Context, "env" | "signal">,
): Promise<Services | undefined> {
  try {
    print("Source changed: building …");
    await build(env, signal);
    await running?.stop();
    return await start();
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

function printMessage(message: string): void {
  if (message !== "") print(message);
}
