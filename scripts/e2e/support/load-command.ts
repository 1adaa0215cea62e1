import { expect } from "vitest";
import { inNamespace, spawn } from "./commands.ts";
import { eventuallyPods } from "./scheduling.ts";

/** Starts `pnpm load` on the frontend. @param rate requests per second */
export async function startLoadCommand(rate: number) {
  const command = spawn(inNamespace(["load", "--rate", String(rate), "--duration", "60m"]));
  const { lines } = command;
  await command.untilLine(/./);
  return {
    /** Waits until more than `count` requests have a result: on a slow machine, the rate is lower. */
    exceeds: (count: number) =>
      eventuallyPods(
        () => `more than ${count} requests, last seen ${lines.at(-1)}`,
        async () => countsIn(lines.at(-1)).requests > count || undefined,
      ),
    /** Waits until it has printed a line that matches. */
    prints: command.untilLine,
    /** Ends it and returns its output and counts. */
    stop: async () => {
      command.kill("SIGINT");
      const { exitCode, stderr } = await command.result;
      expect(exitCode, stderr).toBe(0);
      const summary = lines.at(-2) ?? "";
      return { lines, summary, ...countsIn(summary) };
    },
    /** For a clean-up hook: kills it if it still runs. */
    terminate: command.terminate,
  };
}

function countsIn(line = ""): { requests: number; failed: number } {
  const [, requests, failed] = /(\d+) requests, (\d+) failed/.exec(line) ?? [];
  return { requests: Number(requests), failed: Number(failed) };
}
