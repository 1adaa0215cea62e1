import { EventEmitter, once } from "node:events";
import { execa } from "execa";
import { onTestFinished } from "vitest";
import { run } from "../../src/adapters/command.ts";
import { ROOT } from "../../src/lib/paths.ts";
import { HANG_MS } from "./limits.ts";
import { whilePodsFit } from "./scheduling.ts";
import { NAMESPACE } from "./system.ts";

export interface Result {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** Runs a command of the project as `pnpm <args>` does, in the tests' namespace. */
export function cli(...args: string[]): Promise<Result> {
  return spawn(inNamespace(args)).result;
}

/** Runs a command of the project outside the tests' namespace, or in a changed environment. */
export function cliWith(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  return spawn(args, env).result;
}

/** Starts a command of the project, for a test that acts while it runs. The end of the test terminates it. */
export function start(args: readonly string[], env: Record<string, string> = {}): RunningCommand {
  const command = spawn(args, env);
  onTestFinished(command.terminate);
  return command;
}

/** The arguments with the tests' namespace. */
export function inNamespace([command = "", ...rest]: readonly string[]): string[] {
  return [command, "--namespace", NAMESPACE, ...rest];
}

export type RunningCommand = ReturnType<typeof spawn>;

/**
 * Starts a command of the project. It fails at once if a pod cannot be scheduled meanwhile, and is terminated as hung
 * once it has written nothing for HANG_MS.
 */
export function spawn(args: readonly string[], env: Record<string, string> = {}) {
  const what = `pnpm ${args.join(" ")}`;
  const child = execa(process.execPath, [`${ROOT}scripts/src/main.ts`, ...args], {
    reject: false,
    stdin: "ignore",
    env,
  });
  const lines: string[] = [];
  const events = new EventEmitter();
  const reading = (async () => {
    for await (const line of child) {
      lines.push(line);
      events.emit("line");
    }
  })();
  const result = whilePodsFit(async (refused) => {
    const terminate = () => void child.kill();
    refused.addEventListener("abort", terminate);
    const hung = setTimeout(terminate, HANG_MS);
    for (const output of [child.stdout, child.stderr]) output.on("data", () => hung.refresh());
    const { exitCode, stdout, stderr } = await child;
    await reading;
    clearTimeout(hung);
    return { exitCode, stdout, stderr };
  });
  // A test may look at it late, or not at all.
  result.catch(() => undefined);

  return {
    result,
    /** The lines of stdout so far. */
    lines,
    /** Waits for a line of stdout. @throws {Error} with all output if the command ends without it */
    untilLine: async (pattern: RegExp): Promise<string> => {
      for (let ended = false; ;) {
        const line = lines.find((text) => pattern.test(text));
        if (line !== undefined) return line;
        if (ended) throw new Error(`${what} ended without the line ${pattern}:\n${(await result).stderr}`);
        ended = await Promise.race([once(events, "line").then(() => false), result.then(() => true)]);
      }
    },
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
    /** Kills it if it still runs. */
    terminate: async (): Promise<void> => {
      child.kill("SIGKILL");
      await child;
    },
  };
}

/** Runs helm in the tests' namespace, and fails at once if a pod that it waits for cannot be scheduled. */
export function helm(
  args: readonly string[],
  input?: string,
  env: Record<string, string> = {},
): Promise<string> {
  return whilePodsFit((signal) =>
    run("helm", ["--namespace", NAMESPACE, ...args], {
      signal,
      timeout: HANG_MS,
      env,
      ...(input !== undefined && { input }),
    }),
  );
}

/** For `helm … --wait`. */
export const HELM_WAIT = ["--wait", "--timeout", `${HANG_MS / 1000}s`];
