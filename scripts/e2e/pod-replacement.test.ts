import { beforeAll, expect, test } from "vitest";
import { record } from "../../services/kit/test/support/record.ts";
import { type LoadPod, startLoadPod } from "./support/load-pod.ts";
import { evict, oldPodsGone, podsOf, rolledOut } from "./support/pods.ts";
import { prepare } from "./support/state.ts";
import { cluster, NAMESPACE, url } from "./support/system.ts";
import { underLoad } from "./support/traffic.ts";

const BLUE = "echo-backend-blue";
let load: LoadPod;

beforeAll(async () => {
  await prepare("gateway");
  load = await startLoadPod([url("echo-frontend-blue"), url("echo-backend")]);
  return load.stop;
});

test("a rolling upgrade of the live colour loses no request", async () => {
  const { total, failed, failures } = await underLoad(load, async () => {
    await cluster.kubectl.run(["rollout", "restart", `deployment/${BLUE}`, "-n", NAMESPACE]);
    await rolledOut(BLUE);
    await oldPodsGone(BLUE);
  });
  record("rolling upgrade of the live colour", { requests: total, failed });
  expect(failures).toEqual([]);
  expect(failed).toBe(0);
});

test("the eviction of both pods of the live colour, one after the other, loses no request", async () => {
  const pods = await podsOf("blue");
  const { total, failed, failures } = await underLoad(load, async () => {
    for (const pod of pods) await evict(pod);
    await rolledOut(BLUE);
    await oldPodsGone(BLUE);
  });
  record("eviction of both pods of the live colour", { requests: total, failed });
  expect(pods).toHaveLength(2);
  expect(await podsOf("blue")).not.toEqual(expect.arrayContaining([pods[0]]));
  expect(failures).toEqual([]);
  expect(failed).toBe(0);
});
