import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createWork } from "../src/work.ts";

test("others have their turn while it burns", async () => {
  // No machine computes as many in one slice of 5 ms.
  const work = createWork(100_000_000);
  let ended = false;
  const burnt = work().then(() => (ended = true));
  await turn();
  await turn();
  expect(ended).toBe(false);
  await burnt;
});

test("calls are served in turn, one after the other", async () => {
  const work = createWork(1000);
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((number) => work().then(() => order.push(number))));
  expect(order).toEqual([1, 2, 3]);
});
