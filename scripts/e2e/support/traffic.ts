import { expect } from "vitest";
import type { Color } from "../../src/domain/color.ts";
import { type Mode, MODES } from "../../src/domain/mode.ts";
import { openClusterSwitch } from "../../src/traffic/place/cluster-switch.ts";
import type { Weights } from "../../src/domain/weights.ts";
import { TRAFFIC_RELEASE } from "../../src/domain/workload.ts";
import { chartPath } from "../../src/lib/paths.ts";
import { cli, helm, inNamespace, type RunningCommand, start } from "./commands.ts";
import { eventually } from "./limits.ts";
import type { LoadPod, Stats } from "./load-pod.ts";
import { cluster } from "./system.ts";

/** The Gateway API controller of the tests. These two variables select another one. */
export const { GATEWAY_CLASS = "traefik", GATEWAY_ADDRESS = "traefik.gateway.svc.cluster.local" } =
  process.env;
export const GATEWAY = ["--class-name", GATEWAY_CLASS, "--address", GATEWAY_ADDRESS];
/** Without the names that have no dot: on a gateway, they can lead to one namespace only. */
export const GATEWAY_VALUES = { className: GATEWAY_CLASS, address: GATEWAY_ADDRESS, shortNames: false };

/** The modes of the tests that compare them. A second pass of `pnpm e2e --long` on another gateway sets E2E_MODE. */
export const TESTED_MODES = MODES.filter((mode) => mode === (process.env.E2E_MODE ?? mode));

export const backendSwitch = openClusterSwitch("echo-backend", cluster);

export async function weights(): Promise<Weights> {
  return (await backendSwitch.read()).weights;
}

/** Sets the weights without the checks of a shift, and without its lock. */
export async function setWeights(next: Weights): Promise<void> {
  await openClusterSwitch("echo-backend", cluster).setWeights(next, async () => undefined);
}

/** Changes values of the stable names' release as an operator does. @param values of `--values -` among the arguments */
export async function upgradeTraffic(args: readonly string[], values?: string): Promise<void> {
  const upgrade = ["upgrade", TRAFFIC_RELEASE, chartPath(TRAFFIC_RELEASE), "--reset-then-reuse-values"];
  await helm([...upgrade, ...args], values);
}

/** Waits until a running shift has set these weights. @throws {Error} if the shift ends before */
export async function weightsBecome({ blue, green }: Weights, shift: RunningCommand): Promise<void> {
  let ended = false;
  void shift.result.finally(() => (ended = true)).catch(() => undefined);
  await eventually(`the weights blue ${blue} %, green ${green} %`, async () => {
    const last = ended;
    const now = await weights();
    if (now.blue === blue && now.green === green) return true;
    if (last) throw new Error(`The shift ended before the weights changed: ${(await shift.result).stderr}`);
    return undefined;
  });
}

/**
 * Samples until 200 samples in a row have status 200, and come from `color`. Default: from either colour.
 * @returns whether each request got a response meanwhile
 */
export async function samplesBecome(color?: Color): Promise<boolean> {
  let answered = true;
  await eventually(`every sample with status 200 from ${color ?? "either colour"}`, async () => {
    const samples = await backendSwitch.sample(200);
    answered &&= samples.every(({ status }) => status !== 0);
    return samples.every((each) => each.status === 200 && (!color || each.color === color)) || undefined;
  });
  return answered;
}

export async function shiftTo(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await cli("shift", ...args);
  expect(exitCode, stdout + stderr).toBe(0);
  return stdout;
}

/** Options of a canary that is not judged by its latency: on a busy machine, colours differ by chance. */
export const ANY_LATENCY = ["--max-p99-ratio", "1000"];

/** A canary to green. By default its first step, 50 %, lasts until the test ends it. */
export function startCanary({ interval = "60m", flags = [], env = {} }: CanaryOptions = {}): RunningCommand {
  const canary = ["shift", "green", "--steps", "50,100", "--interval", interval, ...ANY_LATENCY];
  return start(inNamespace([...canary, ...flags]), env);
}

interface CanaryOptions {
  interval?: string;
  flags?: readonly string[];
  env?: Record<string, string>;
}

export async function changeMode(mode: Mode, options = mode === "gateway" ? GATEWAY : []): Promise<void> {
  const { exitCode, stderr } = await cli("shift", "mode", mode, ...options, "--yes");
  expect(exitCode, stderr).toBe(0);
}

/** Changes the mode and waits until no request of the load fails: clients cache what a name resolved to. */
export async function setMode(mode: Mode, load: LoadPod): Promise<void> {
  await changeMode(mode);
  let seen: Stats | undefined;
  await eventually(
    () => `no failed request in mode ${mode}, last seen ${JSON.stringify(seen)}`,
    async () => {
      seen = await underLoad(load, () => backendSwitch.sample(2000));
      return (seen.failed === 0 && seen.total > 200) || undefined;
    },
  );
}

/** Does `work` and returns what the load saw meanwhile. */
export async function underLoad(load: LoadPod, work: () => Promise<unknown>): Promise<Stats> {
  await load.reset();
  await work();
  return load.stats();
}
