import { once } from "node:events";
import { styleText } from "node:util";
import { CommandError } from "../adapters/command.ts";
import { interruption } from "../interrupt.ts";
import { print, table } from "../terminal.ts";
import { describeWeights, sameWeights, type Weights } from "../traffic/weights.ts";
import { waitFor } from "../wait.ts";
import { type Child, startChild } from "./child.ts";
import { KEYS, listenToKeys, releaseKeys } from "./keys.ts";
import { printLog } from "./log.ts";
import { CONTROL_PORT, type DevProcess, localUrl, planDev, STABLE_PORT } from "./plan.ts";
import { checkPorts } from "./ports.ts";
import { build, onSourceChange } from "./rebuild.ts";
import { openStableName, type StableName } from "./stable-name.ts";

const START_TIMEOUT_MS = 30_000;

/** Runs blue, green and the frontend with the stable name between them, rebuilt on change, until Ctrl-C. */
export async function dev(): Promise<void> {
  const plan = planDev();
  await checkPorts(portsOf(plan));
  print("Building …");
  await build();

  const quit = new AbortController();
  const end = AbortSignal.any([interruption(), quit.signal]);
  const name = await openStableName(targetsOf(plan), reportChange);
  let children = await startAll(plan);
  printOverview(plan, name);
  listenToKeys({
    onWeights: (weights) => name.set(weights),
    onOverview: () => printOverview(plan, name),
    onEnd: () => quit.abort(),
  });
  const watching = onSourceChange(async () => {
    if (await rebuilt()) children = await restartAll(children, plan);
  }, end);

  await once(end, "abort");
  releaseKeys();
  print("Ending …");
  await watching;
  await stopAll(children);
  await name.close();
}

function portsOf(plan: readonly DevProcess[]): Map<number, string> {
  return new Map([
    [STABLE_PORT, "stable name"],
    [CONTROL_PORT, "its control"],
    ...plan.flatMap(({ name, port, adminPort }): [number, string][] => [
      [port, name],
      [adminPort, `${name}, admin`],
    ]),
  ]);
}

function targetsOf(plan: readonly DevProcess[]) {
  const target = (name: string) => localUrl(plan.find((process) => process.name === name)?.port ?? 0);
  return { blue: target("blue"), green: target("green") };
}

async function startAll(plan: readonly DevProcess[]): Promise<Child[]> {
  const children = plan.map((process) =>
    startChild(process, {
      onLine: (line) => printLog(process.name, line),
      onCrash: (code) =>
        printLog(process.name, `ended with exit code ${code}; the next change of source starts it again`),
    }),
  );
  await Promise.all(
    plan.map(({ adminPort }) => waitFor(() => isReady(adminPort), { timeoutMs: START_TIMEOUT_MS })),
  );
  return children;
}

async function isReady(adminPort: number): Promise<true | undefined> {
  try {
    return (await fetch(`${localUrl(adminPort)}/readyz`)).ok || undefined;
  } catch {
    return undefined;
  }
}

async function stopAll(children: readonly Child[]): Promise<void> {
  await Promise.all(children.map((child) => child.stop()));
}

async function restartAll(children: readonly Child[], plan: readonly DevProcess[]): Promise<Child[]> {
  await stopAll(children);
  return startAll(plan);
}

/** Builds anew; a mistake in the source is shown, and what runs goes on running. */
async function rebuilt(): Promise<boolean> {
  try {
    print("Source changed: building …");
    await build();
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    print(error.message);
    return false;
  }
}

function reportChange(from: Weights, to: Weights): void {
  if (!sameWeights(from, to))
    print(styleText("bold", `Traffic: ${describeWeights(from)} → ${describeWeights(to)}`));
}

function printOverview(plan: readonly DevProcess[], name: StableName): void {
  const rows = [
    ...plan.map(({ service, color, version, port, adminPort }) => [
      `${service}-${color} ${version}`,
      localUrl(port),
      `${localUrl(adminPort)}/metrics`,
    ]),
    ["the stable name", localUrl(STABLE_PORT), describeWeights(name.weights)],
  ];
  print();
  print(table(["WHAT", "WHERE", ""], rows));
  print();
  print(`Open ${localUrl(8080)} in a browser, or: curl ${localUrl(8080)}`);
  print(`Move the traffic: pnpm shift --local --green 25`);
  if (process.stdin.isTTY) print(`Keys: ${KEYS}`);
  print();
}
