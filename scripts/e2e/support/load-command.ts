import { expect } from "vitest";
import { inNamespace, spawn } from "./commands.ts";

/** Starts `pnpm load` on the frontend. @param rate requests per second */
export async function startLoadCommand(rate: number) {
  const command = spawn(inNamespace(["load", "--rate", String(rate), "--duration", "60m"]));
  await command.untilLine(/./);
  return {
    /** Ends it and returns its output and counts. */
    stop: async () => {
      command.kill("SIGINT");
      const { exitCode, stderr } = await command.result;
      expect(exitCode, stderr).toBe(0);
      const { lines } = command;
      const summary = lines.at(-2) ?? "";
      const [, requests, failed] = /^(\d+) requests, (\d+) failed/.exec(summary) ?? [];
      return { lines, summary, requests: Number(requests), failed: Number(failed) };
    },
    /** For a clean-up hook: kills it if it still runs. */
    terminate: command.terminate,
  };
}
