import { afterAll, beforeAll, expect, test } from "vitest";
import { evict, podsOf, rolledOut, releaseAll } from "./support/backends.ts";
import { type Load, startLoad } from "./support/load.ts";
import { record } from "./support/record.ts";
import { cluster, NAMESPACE, oldPodsGone, url } from "./support/system.ts";
import { shiftTo, underLoad } from "./support/traffic.ts";

let load: Load;

beforeAll(async () => {
  await releaseAll();
  await shiftTo("blue");
  load = await startLoad([url("echo-frontend-blue"), url("echo-backend")]);
});

afterAll(() => load.stop());

test("a rolling upgrade of the live colour loses no request", async () => {
  const { total, failed, failures } = await underLoad(load, async () => {
    await cluster.kubectl.run(["rollout", "restart", "deployment/echo-backend-blue", "-n", NAMESPACE]);
    await rolledOut("blue");
    await oldPodsGone("echo-backend-blue");
  });
  record("rolling upgrade of the live colour", { requests: total, failed });
  expect(failures).toEqual([]);
  expect(failed).toBe(0);
});

test("the eviction of both pods of the live colour, one after the other, loses no request", async () => {
  const pods = await podsOf("blue");
  const { total, failed, failures } = await underLoad(load, async () => {
    for (const pod of pods) await evict(pod);
    await rolledOut("blue");
    await oldPodsGone("echo-backend-blue");
  });
  record("eviction of both pods of the live colour", { requests: total, failed });
  expect(pods).toHaveLength(2);
  expect(await podsOf("blue")).not.toEqual(expect.arrayContaining([pods[0]]));
  expect(failures).toEqual([]);
  expect(failed).toBe(0);
});
