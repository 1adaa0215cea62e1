import { execFileSync } from "node:child_process";
import { platform } from "node:os";
import { describe, expect, test } from "vitest";
import { LOAD_CORE, pinned } from "../../../src/adapters/taskset.ts";
import { busySeconds, ownSeconds } from "../../../tools/bench/cpu.ts";

/** Runs another process until it has used this CPU time. */
function use(milliseconds: number): void {
  const program = `while (process.cpuUsage().user < ${milliseconds * 1000});`;
  const [file, args] = pinned(LOAD_CORE, process.execPath, "--eval", program);
  execFileSync(file, args);
}

// /proc and taskset are Linux's.
describe.runIf(platform() === "linux")("the CPU time of the benchmark", () => {
  test("includes its processes that have exited", async () => {
    const before = await ownSeconds();
    use(300);
    expect((await ownSeconds()) - before).toBeGreaterThan(0.25);
  });

  test("is a part of the time in which its two cores were busy", async () => {
    const [busyBefore, ownBefore] = [await busySeconds(), await ownSeconds()];
    use(300);
    const own = (await ownSeconds()) - ownBefore;
    expect((await busySeconds()) - busyBefore).toBeGreaterThan(own * 0.8);
  });
});
