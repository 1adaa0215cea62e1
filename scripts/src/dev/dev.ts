import { once } from "node:events";
import { styleText } from "node:util";
import { LOOPBACK } from "../domain/ports.ts";
import { colorWithLess, describeWeights, sameWeights, type Weights } from "../domain/weights.ts";
import type { Context } from "../lib/context.ts";
import { InterruptedError } from "../lib/errors.ts";
import { preflight } from "../lib/preflight.ts";
import { type Balancer, startBalancer } from "./balancer.ts";
import { createFaultKeys, LOCAL_FAULTS } from "./fault-keys.ts";
import { keyBindings } from "./key-bindings.ts";
import { createKeyReader, describeKeys, type KeyBinding, listenToKeys, summarizeKeys } from "./keys.ts";
import { formatLog, isShown } from "./log.ts";
import { describeOverview } from "./overview.ts";
import { watchParent } from "./parent.ts";
import { type DevProcess, planDev } from "./plan.ts";
import { KnownFaults } from "./known-faults.ts";
import { checkPorts } from "./port-check.ts";
import { build, watchSource } from "./rebuild.ts";
import { openScreen, type Screen } from "./screen.ts";
import { System } from "./system.ts";

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
  const { host = false, requests = false } = options;
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

  const balancer = await openBalancer(plan, address, screen);
  const log = { withRequests: requests };
  const onLine = (name: DevProcess["name"], line: string) => {
    if (isShown(line, log.withRequests)) print(formatLog(name, line));
  };
  const system = new System(() => planDev(address), {
    env,
    signal: end,
    print,
    onLine,
    onChange: screen.refresh,
  });
  const faults = new KnownFaults(LOCAL_FAULTS.read);
  const local: Local = { screen, balancer, system, faults, log, stop };
  let releaseKeys: (() => void) | undefined;
  try {
    await system.start();
    releaseKeys = show(local, live);
    // Only the footer shows them.
    const following = live ? faults.follow(end) : undefined;
    const watching = watchSource({ onChange: () => system.rebuild(), onError: print }, end);
    if (!end.aborted) await once(end, "abort");
    screen.removeFooter();
    print("Stopping …");
    await Promise.all([watching, following]);
  } finally {
    releaseKeys?.();
    screen.removeFooter();
    await system.stop();
    await balancer.close();
  }
}

/** The parts of the running local system. */
interface Local {
  screen: Screen;
  balancer: Balancer;
  system: System;
  faults: KnownFaults;
  /** Whether each request has a line. */
  log: { withRequests: boolean };
  /** Ends it. */
  stop: () => void;
}

/** @throws {PreflightError} if a port is taken */
async function openBalancer(
  plan: readonly DevProcess[],
  address: string | undefined,
  { print, refresh }: Screen,
): Promise<Balancer> {
  const onChange = (from: Weights, to: Weights) => {
    if (!sameWeights(from, to))
      print(styleText("bold", `Traffic: ${describeWeights(from)} → ${describeWeights(to)}`));
    refresh();
  };
  return startBalancer(address, onChange).catch(async (error: unknown) => {
    // Someone else took a port during the build.
    await preflight([checkPorts(plan)]);
    throw error;
  });
}

/** Prints the overview, shows the footer, and listens to the keys. @returns the function that ends the last */
function show(local: Local, live: boolean): () => void {
  const { screen, balancer, system, faults, stop } = local;
  const bindings = bindKeys(local);
  const keys = summarizeKeys(bindings);
  printOverview(local);
  screen.showFooter(() => ({
    plan: system.plan,
    weights: balancer.weights(),
    counts: balancer.recent(),
    states: system.states,
    faultsOf: (color) => faults.of(color),
    keys,
  }));
  if (process.stdin.isTTY && !screen.hasFooter()) screen.print(`Keys: ${keys}`);
  return listenToKeys(createKeyReader(bindings, { say: screen.say, quit: stop }), live);
}

function printOverview({ screen, balancer, system }: Local): void {
  screen.print(describeOverview(system.plan, balancer.weights()));
}

function bindKeys(local: Local): KeyBinding[] {
  const { screen, balancer, system, faults, log, stop } = local;
  const cycleFault = createFaultKeys(LOCAL_FAULTS, screen.print);
  const bindings: KeyBinding[] = keyBindings({
    setWeights: balancer.set,
    cycleFault: (name) =>
      void cycleFault(colorWithLess(balancer.weights()), name).then(() => faults.update()),
    restartEnded: () => void system.restartEnded(),
    toggleRequests: () => {
      log.withRequests = !log.withRequests;
      screen.say(log.withRequests ? "Each request has a line now." : "Only failed requests have a line now.");
    },
    printOverview: () => printOverview(local),
    printKeys: () => screen.print(describeKeys(bindings)),
    quit: stop,
  });
  return bindings;
}
