import { setImmediate as nextIteration } from "node:timers/promises";
import { expect, test } from "vitest";
import { createWork } from "../src/work.ts";

test("the event loop runs between slices of the work", async () => {
  // No machine computes as many in one slice of 5 ms.
  const work = createWork(100_000_000);
  let ended = false;
  const working = work().then(() => (ended = true));
  await nextIteration();
  await nextIteration();
  expect(ended).toBe(false);
  await working;
});

test("calls end in their order", async () => {
  const work = createWork(1000);
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((number) => work().then(() => order.push(number))));
  expect(order).toEqual([1, 2, 3]);
});
