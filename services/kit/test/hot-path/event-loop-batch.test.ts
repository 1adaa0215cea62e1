import { setImmediate as nextIteration } from "node:timers/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  BATCH_SIZE,
  runInBatch,
  SHORT_BATCH_SIZE,
  shortenBatch,
} from "../../src/hot-path/event-loop-batch.ts";
import { runInBatch as runDirectly } from "./library/event-loop-batch.ts";

/** A callback that adds further callbacks. */
interface Callback {
  name: number;
  adds: Callback[];
}

const { callback } = fc.letrec<{ callback: Callback }>((tie) => ({
  callback: fc.record({
    name: fc.nat(),
    adds: fc.oneof({ maxDepth: 3 }, fc.constant<Callback[]>([]), fc.array(tie("callback"), { maxLength: 3 })),
  }),
}));

/** Adds all callbacks, and returns the names that have been called so far, in an array that grows. */
function callAll(run: typeof runInBatch, callbacks: Callback[]): number[] {
  const called: number[] = [];
  const add = ({ name, adds }: Callback) =>
    run(() => {
      called.push(name);
      adds.forEach(add);
      called.push(-name);
    });
  callbacks.forEach(add);
  return called;
}

test("calls the same callbacks in the same order as direct calls", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(callback, { maxLength: 5 }), async (callbacks) => {
      const called = callAll(runInBatch, callbacks);
      await nextIteration();
      expect(called).toEqual(callAll(runDirectly, callbacks));
    }),
  );
});

test("leaves what is more than a batch to the next iterations, in order, also after a short batch", async () => {
  const names = Array.from({ length: 2 * BATCH_SIZE }, (_, name) => name);
  const called: number[] = [];
  for (const name of names) runInBatch(() => called.push(name));
  shortenBatch();
  for (const end of [SHORT_BATCH_SIZE, SHORT_BATCH_SIZE + BATCH_SIZE, undefined]) {
    await nextIteration();
    expect(called).toEqual(names.slice(0, end));
  }
});

test("waits for the end of the iteration of the event loop, and no longer", async () => {
  const called = callAll(runInBatch, [{ name: 1, adds: [] }]);
  await Promise.resolve();
  expect(called).toEqual([]);
  await nextIteration();
  expect(called).toHaveLength(2);
});
