import { execa } from "execa";
import { expect } from "vitest";
import { ROOT } from "../../src/lib/paths.ts";
import type { Mode } from "../../src/domain/mode.ts";
import { openClusterSwitch } from "../../src/traffic/cluster-switch.ts";
import type { Weights } from "../../src/domain/weights.ts";
import { waitFor } from "../../src/lib/wait.ts";
import type { Load, Stats } from "./load.ts";
import { cli, cluster, NAMESPACE } from "./system.ts";

/** The Gateway API controller that the tests use; another one is named by these two variables. */
const { GATEWAY_CLASS = "traefik", GATEWAY_ADDRESS = "traefik.gateway.svc.cluster.local" } = process.env;
export const GATEWAY = ["--class-name", GATEWAY_CLASS, "--address", GATEWAY_ADDRESS];

export const name = openClusterSwitch("echo-backend", cluster);

export async function weights(): Promise<Weights> {
  return (await name.read()).weights;
}

/** Waits until the weights are these. */
export async function weightsBecome({ blue, green }: Weights): Promise<void> {
  const reached = await waitFor(
    async () => {
      const now = await weights();
      return (now.blue === blue && now.green === green) || undefined;
    },
    { timeoutMs: 60_000 },
  );
  expect(reached).toBe(true);
}

export async function shiftTo(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await cli("shift", ...args);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

/** A canary to green that stays at half until it is ended. */
export function startCanary(...args: string[]) {
  const shift = [
    "shift",
    "--namespace",
    NAMESPACE,
    "green",
    "--steps",
    "50,100",
    "--interval",
    "2m",
    ...args,
  ];
  return execa(process.execPath, [`${ROOT}scripts/src/main.ts`, ...shift], { reject: false });
}

export async function changeMode(mode: Mode): Promise<void> {
  const { exitCode, stderr } = await cli("shift", "mode", mode, ...GATEWAY, "--yes");
  expect(exitCode, stderr).toBe(0);
}

/** Changes the mode, and waits until the load has got over it: what a name resolved to is remembered for a while. */
export async function setMode(mode: Mode, load: Load): Promise<void> {
  await changeMode(mode);
  let seen: Stats | undefined;
  const settled = await waitFor(
    async () => {
      seen = await underLoad(load, () => name.sample(2000));
      return (seen.failed === 0 && seen.total > 200) || undefined;
    },
    { timeoutMs: 120_000 },
  );
  expect(settled, JSON.stringify(seen)).toBe(true);
}

/** Does `work` and returns what came of the load meanwhile. */
export async function underLoad(load: Load, work: () => Promise<unknown>): Promise<Stats> {
  await load.reset();
  await work();
  return load.stats();
}
