import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { plainText } from "../domain/plain-text.ts";
import { localUrl } from "../domain/ports.ts";
import { UserError } from "../lib/errors.ts";
import { waitFor } from "../lib/wait.ts";
import type { DevProcess } from "./plan.ts";

const STOP_WITH_PARENT = new URL("stop-with-parent.ts", import.meta.url);

export interface StartOptions {
  /** The variables of all services, besides their own in the plan. */
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Called with each line that a service writes, and with one when it ends by itself. */
  onLine: (name: DevProcess["name"], line: string) => void;
  /** Called when a service changes its state, such as `starting` or `was killed by SIGKILL`. Undefined: it runs. */
  onState: (name: DevProcess["name"], state: string | undefined) => void;
  /** How long the services may take to become ready, in ms. Default: 30 s. */
  timeoutMs?: number;
}

/** The running services of the local system. */
export type Services = Awaited<ReturnType<typeof startServices>>;

/**
 * Starts services and waits until all are ready.
 * @throws {UserError} with the last line of a service that does not become ready; then none of them runs
 */
export async function startServices(
  plan: readonly DevProcess[],
  { signal, timeoutMs = 30_000, ...options }: StartOptions,
) {
  const start = (process: DevProcess) => startService(process, options);
  const services = plan.map(start);
  let isStopping = false;
  /** Sends one SIGTERM to each service and waits until all have ended. */
  const stop = () => {
    isStopping = true;
    return Promise.all(services.map((service) => service.stop()));
  };
  /**
   * Starts the services again that have ended, and waits until they are ready.
   * @returns their names
   * @throws {UserError} with the last line of one that does not become ready; then it does not run
   */
  const restartEnded = async (): Promise<string[]> => {
    const ended = isStopping ? [] : plan.filter((_process, index) => services[index]?.hasEnded());
    const restarts = ended.map(async (process) => {
      const service = start(process);
      services[plan.indexOf(process)] = service;
      try {
        await service.becomeReady(timeoutMs, signal);
      } catch (error) {
        await service.stop();
        throw error;
      }
    });
    await Promise.all(restarts);
    return ended.map(({ name }) => name);
  };
  try {
    await Promise.all(services.map((service) => service.becomeReady(timeoutMs, signal)));
    return { stop, restartEnded };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startService(
  { name, bundle, adminPort, env: own }: DevProcess,
  { env, onLine, onState }: Pick<StartOptions, "env" | "onLine" | "onState">,
) {
  const child = spawn(process.execPath, ["--import", STOP_WITH_PARENT.href, bundle], {
    env: { ...env, ...own },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Its own process group: Ctrl-C reaches this process only, which then stops each service once.
    detached: true,
  });
  let lastLine = "no output";
  for (const input of [child.stdout, child.stderr])
    if (input)
      createInterface({ input }).on("line", (line) => {
        lastLine = plainText(line);
        onLine(name, line);
      });
  onState(name, "starting");
  let state: "starting" | "ready" | "stopping" = "starting";
  const closed = once(child, "close");
  child.on("close", () => {
    onState(name, describeEnd(child));
    if (state === "ready")
      onLine(name, `${describeEnd(child)}; the key r or the next change of a source file restarts it`);
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  return {
    hasEnded,

    becomeReady: async (timeoutMs: number, signal: AbortSignal): Promise<void> => {
      const check = async () => hasEnded() || (await isReady(adminPort)) || undefined;
      const inTime = await waitFor(check, { timeoutMs, signal });
      if (inTime && !hasEnded()) {
        state = "ready";
        onState(name, undefined);
        return;
      }
      // The last line may still be on its way.
      if (hasEnded()) await closed;
      const failure = inTime ? describeEnd(child) : `is not ready after ${timeoutMs / 1000} s`;
      throw new UserError(`${name} ${failure}. Its last line:\n${lastLine}`);
    },

    stop: async (): Promise<void> => {
      state = "stopping";
      if (!hasEnded()) {
        onState(name, "stopping");
        child.kill("SIGTERM");
      }
      await closed;
    },
  };
}

/** How a process ended: `ended with exit code 7`, `was killed by SIGKILL`. */
function describeEnd({ exitCode, signalCode }: ChildProcess): string {
  return signalCode === null ? `ended with exit code ${exitCode}` : `was killed by ${signalCode}`;
}

async function isReady(adminPort: number): Promise<boolean> {
  try {
    return (await fetch(`${localUrl(adminPort)}/readyz`)).ok;
  } catch {
    return false;
  }
}
