import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { DevProcess } from "./plan.ts";

/** A running service of the local system. */
export interface Child {
  /** Ends it by one SIGTERM and waits until it is gone. */
  stop(): Promise<void>;
}

interface Listener {
  onLine: (line: string) => void;
  /** It ended without being told to. */
  onCrash: (code: number | null) => void;
}

export function startChild({ bundle, env }: DevProcess, { onLine, onCrash }: Listener): Child {
  const child = spawn(process.execPath, [bundle], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // In a process group of its own, Ctrl-C does not reach it a second time, past this process.
    detached: true,
  });
  let stopping = false;
  const gone = once(child, "close");
  child.on("close", (code) => {
    if (!stopping) onCrash(code);
  });
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", onLine);
  return {
    stop: async () => {
      stopping = true;
      endOnce(child);
      await gone;
    },
  };
}

function endOnce(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
}
