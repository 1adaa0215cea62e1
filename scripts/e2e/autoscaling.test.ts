import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { record } from "../../services/kit/test/support/record.ts";
import { readScale, type Scale } from "../src/observe/scale.ts";
import { compareSnapshots, takeSnapshot } from "../src/traffic/place/snapshot.ts";
import { startLoadCommand } from "./support/load-command.ts";
import { oldPodsGone } from "./support/pods.ts";
import { eventuallyPods } from "./support/scheduling.ts";
import { FRONTEND, prepare, resetWorkload, setValues } from "./support/state.ts";
import { cluster } from "./support/system.ts";

const MOMENT =
  /^\d+ s \| \d+ of \d+ pods ready, wanted \d+ \(3 to 6\) \| CPU .*\(target 50 %\) \| \d+ requests\/s \| /;
const CHANGE = /^\d → \d replicas at \d\d:\d\d:\d\d$/;

beforeAll(async () => {
  await prepare();
  // The autoscaler counts in shares of it.
  await setValues(FRONTEND, "resources.requests.cpu=200m");
  return () => resetWorkload(FRONTEND);
});

/** Waits until the frontend has as many pods as `isDone` accepts, all of them ready. @returns their number */
function scaled(expected: string, isDone: (replicas: number) => boolean): Promise<number> {
  let last: Scale | undefined;
  return eventuallyPods(
    () => `${expected}, last seen ${JSON.stringify(last)}`,
    async () => {
      last = await readScale(FRONTEND.name, cluster);
      return last.ready === last.replicas && isDone(last.replicas) ? last.replicas : undefined;
    },
  );
}

// In this order: each test continues where the one before ended.
describe("the frontend's autoscaler", () => {
  test("removes no pod when it is turned on", async () => {
    const before = await takeSnapshot(cluster);
    await setValues(FRONTEND, "autoscaling.enabled=true");
    const { moved, scaled: byAutoscaler } = compareSnapshots(before, await takeSnapshot(cluster));
    expect(moved).toEqual([`HorizontalPodAutoscaler ${FRONTEND.name} is new`]);
    // It may add one at once.
    expect(byAutoscaler.filter((what) => what.endsWith("is gone"))).toEqual([]);
  });

  test("adds pods under load, and no request fails", async () => {
    await setValues(
      FRONTEND,
      ...["autoscaling.maxReplicas=6", "workIterations=1000000"],
      "autoscaling.behavior.scaleDown.stabilizationWindowSeconds=15",
    );
    await oldPodsGone(FRONTEND.name);
    const load = await startLoadCommand(100);
    onTestFinished(load.terminate);
    expect(await scaled("more than 3 pods", (replicas) => replicas > 3)).toBeGreaterThan(3);
    // The command asks every few seconds, and may learn of the new pods after the test.
    await load.prints(CHANGE);
    await load.exceeds(500);
    const { lines, summary, requests, failed } = await load.stop();
    record("load while the frontend scales up", { requests, failed });
    expect(lines).toContainEqual(expect.stringMatching(MOMENT));
    expect(requests).toBeGreaterThan(500);
    expect(failed, summary).toBe(0);
  });

  test("removes the pods after the load, and no request to a leaving pod fails", async () => {
    const load = await startLoadCommand(10);
    onTestFinished(load.terminate);
    const most = (await readScale(FRONTEND.name, cluster)).replicas;
    await scaled("3 pods", (replicas) => replicas === 3);
    await oldPodsGone(FRONTEND.name);
    await load.exceeds(20);
    const { summary, requests, failed } = await load.stop();
    record(`load while the frontend goes from ${most} pods to 3`, { requests, failed });
    expect(most).toBeGreaterThan(3);
    expect(requests).toBeGreaterThan(20);
    expect(failed, summary).toBe(0);
  });
});
