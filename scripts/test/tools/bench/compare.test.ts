import { expect, test } from "vitest";
import { addRounds, type Comparison } from "../../../tools/bench/compare.ts";

const ROUND = { shipped: 9, library: 10 };
const empty = (): Comparison => ({ rounds: [], starts: [], repeated: 0 });

/** Measures rounds. In the busy ones, other processes use the servers' core. */
function measure(busy: (call: number) => boolean) {
  let calls = 0;
  return async () => (busy(++calls) ? undefined : ROUND);
}

test("adds quiet rounds to those before", async () => {
  const comparison = empty();
  const quiet = measure(() => false);
  await addRounds(comparison, 1, quiet);
  await addRounds(comparison, 3, quiet);
  expect(comparison).toMatchObject({ rounds: [ROUND, ROUND, ROUND], repeated: 0 });
});

test("repeats a round if other processes used the servers' core", async () => {
  const comparison = empty();
  const secondBusy = measure((call) => call === 2);
  await addRounds(comparison, 2, secondBusy);
  expect(comparison).toMatchObject({ rounds: [ROUND, ROUND], repeated: 1 });
});

test("fails if the machine is never quiet", async () => {
  const never = measure(() => true);
  await expect(addRounds(empty(), 2, never)).rejects.toThrow("Machine too busy");
});
