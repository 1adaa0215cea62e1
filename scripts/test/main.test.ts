import { execa } from "execa";
import { expect, test } from "vitest";
import { ROOT } from "../src/lib/paths.ts";
import { waitFor } from "../src/lib/wait.ts";
import { releaseTools } from "./support/release.ts";
import type { Answer } from "./support/tools.ts";

const NOT_DONE = /not done: Build and push [^]*not done: Deploy echo-backend-blue/;
/** Throws outside of the command when SIGUSR2 arrives, as a defect in an event listener does. */
const DEFECT = `data:text/javascript,process.on("SIGUSR2", () => { throw new Error("a defect") })`;

/** A release in a process of its own. */
function startRelease(options: { detached?: boolean } = {}) {
  const command = [`${ROOT}scripts/src/main.ts`, "release:blue", "--registry", "registry.example", "--yes"];
  return execa(process.execPath, ["--import", DEFECT, ...command], {
    ...options,
    reject: false,
    stdin: "ignore",
  });
}

test("an output without a reader interrupts the command, which ends in an orderly way", async () => {
  releaseTools({ docker: [{ when: "push", effect: "hang" }] });
  const releasing = startRelease();
  releasing.stdout.destroy();
  const { exitCode, stderr } = await releasing;
  expect(stderr).toMatch(/Interrupted[^]*not done: Deploy echo-backend-blue/);
  expect(exitCode).toBe(130);
});

test("a defect interrupts the command, which ends in an orderly way, with the defect's stack", async () => {
  const { calls } = releaseTools({ docker: [{ when: "push", effect: "hang" }] });
  const releasing = startRelease();
  const pushing = () => Promise.resolve(calls().some(({ args }) => args[0] === "push") ? true : undefined);
  await waitFor(pushing, { timeoutMs: 30_000, intervalMs: 50 });
  releasing.kill("SIGUSR2");
  const { exitCode, stderr } = await releasing;
  expect(stderr).toMatch(/Error: a defect\n +at /);
  expect(stderr).toMatch(NOT_DONE);
  expect(exitCode).toBe(1);
});

// A terminal sends SIGHUP (it closes) and SIGINT (Ctrl-C) to all processes of its foreground group.
test.each(["SIGHUP", "SIGINT"] as const)("%s of the terminal lets helm roll back", async (signal) => {
  const stderr = "Error: UPGRADE FAILED: release echo-backend-blue failed, and has been rolled back";
  const upgrading: Answer = { when: "--wait", stderr, effect: "hang until SIGTERM" };
  const status: Answer = { when: " status ", stdout: '{"info":{"status":"deployed"}}' };
  const { calls } = releaseTools({
    helm: [upgrading, status],
    kubectl: [{ when: "get events", stdout: '{"items":[]}' }],
  });
  const releasing = startRelease({ detached: true });
  const hasUpgrade = () =>
    Promise.resolve(calls().some(({ args }) => args.includes("--wait")) ? true : undefined);
  expect(await waitFor(hasUpgrade, { timeoutMs: 30_000, intervalMs: 50 })).toBe(true);
  process.kill(-(releasing.pid ?? 0), signal);
  const result = await releasing;
  expect(result.exitCode).toBe(130);
  expect(result.stderr).toMatch(/the previous version is back[^]*has been rolled back/);
});
