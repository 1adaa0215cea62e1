import { once } from "node:events";
import { styleText } from "node:util";
import { LOOPBACK } from "../domain/ports.ts";
import { describeWeights, idleColor, sameWeights, type Weights } from "../domain/weights.ts";
import type { Context } from "../lib/context.ts";
import { InterruptedError, UserError } from "../lib/errors.ts";
import { preflight } from "../lib/preflight.ts";
import { startBalancer } from "./balancer.ts";
import { serviceEnvironment } from "./environment.ts";
import { createFaultKeys, LOCAL_FAULTS } from "./fault-keys.ts";
import { keyBindings } from "./key-bindings.ts";
import { createKeyReader, describeKeys, type KeyBinding, listenToKeys, summarizeKeys } from "./keys.ts";
import { formatLog, isShown } from "./log.ts";
import { describeOverview } from "./overview.ts";
import { watchParent } from "./parent.ts";
import { type DevProcess, planDev } from "./plan.ts";
import { checkPorts } from "./port-check.ts";
import { build, watchSource } from "./rebuild.ts";
import { openScreen, type Screen } from "./screen.ts";
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
export async function dev(options: DevOptions, { signal, env, live }: Context): Promise<void> {
  const { host = false } = options;
  let { requests: withRequests = false } = options;
  const address = host ? undefined : LOOPBACK;
  const plan = planDev(address);
  await preflight([checkPorts(plan)]);
  const screen = openScreen(live);
  const { print } = screen;
  if (host) print(OPEN_WARNING);
  const quit = new AbortController();
  const end = AbortSignal.any([signal, quit.signal]);
  const stop = () => quit.abort(new InterruptedError("Stopped."));
  // pnpm passes signals on, but not its own end by kill -9.
  if (env.npm_lifecycle_event !== undefined) watchParent(stop);
  print("Building …");
  await build(env, end);

  const onChange = (from: Weights, to: Weights) => {
    if (!sameWeights(from, to))
      print(styleText("bold", `Traffic: ${describeWeights(from)} → ${describeWeights(to)}`));
    screen.refresh();
  };
  const balancer = await startBalancer(address, onChange).catch(async (error: unknown) => {
    // Someone else took a port during the build.
    await preflight([checkPorts(plan)]);
    throw error;
  });
  const states = new Map<DevProcess["name"], string>();
  const start = () =>
    startServices(plan, {
      env: serviceEnvironment(env),
      signal: end,
      onLine: (name, line) => {
        if (isShown(line, withRequests)) print(formatLog(name, line));
      },
      onState: (name, state) => {
        if (state === undefined) states.delete(name);
        else states.set(name, state);
        screen.refresh();
      },
    });
  const printOverview = () => print(describeOverview(plan, balancer.weights()));
  const cycleFault = createFaultKeys(LOCAL_FAULTS, print);
  const bindings: KeyBinding[] = keyBindings({
    setWeights: balancer.set,
    cycleFault: (name) => void cycleFault(idleColor(balancer.weights()), name),
    restartEnded: () => void restartEnded(services, screen),
    toggleRequests: () => {
      withRequests = !withRequests;
      screen.say(withRequests ? "Each request has a line now." : "Only failed requests have a line now.");
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
    const keys = summarizeKeys(bindings);
    screen.showFooter(() => ({ plan, weights: balancer.weights(), counts: balancer.recent(), states, keys }));
    if (process.stdin.isTTY && !screen.hasFooter()) print(`Keys: ${keys}`);
    releaseKeys = listenToKeys(createKeyReader(bindings, { say: screen.say, quit: stop }), live);
    const onSource = async () => {
      services = await rebuild(start, services, { env, signal: end, print });
    };
    const watching = watchSource({ onChange: onSource, onError: print }, end);
    if (!end.aborted) await once(end, "abort");
    screen.removeFooter();
    print("Stopping …");
    await watching;
  } finally {
    releaseKeys?.();
    screen.removeFooter();
    await services?.stop();
    await balancer.close();
  }
}

/** Rebuilds and restarts. After an error the next change tries again. @returns what runs now */
async function rebuild(
  start: () => Promise<Services>,
  running: Services | undefined,
  { env, signal, print }: Pick<Context, "env" | "signal"> & Pick<Screen, "print">,
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

/** Restarts the services that have ended. */
async function restartEnded(running: Services | undefined, { print }: Pick<Screen, "print">): Promise<void> {
  try {
    const names = (await running?.restartEnded()) ?? [];
    print(names.length > 0 ? `Restarted: ${names.join(", ")}.` : "Nothing to restart: nothing has ended.");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    print(error.message);
  }
}
