import { execa } from "execa";
import { expect, test } from "vitest";
import { ROOT } from "../src/lib/paths.ts";
import { waitFor } from "../src/lib/wait.ts";
import { releaseTools } from "./support/release.ts";

const NOT_DONE = /not done: Build and push [^]*not done: Deploy echo-backend-blue/;
/** Throws outside of the command when SIGUSR2 arrives, as a defect in an event listener does. */
const DEFECT = `data:text/javascript,process.on("SIGUSR2", () => { throw new Error("a defect") })`;

/** A release in a process of its own. */
function startRelease() {
  const command = [`${ROOT}scripts/src/main.ts`, "release:blue", "--registry", "registry.example", "--yes"];
  return execa(process.execPath, ["--import", DEFECT, ...command], { reject: false, stdin: "ignore" });
}

test("an output that nobody reads interrupts the command, which ends in an orderly way", async () => {
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
