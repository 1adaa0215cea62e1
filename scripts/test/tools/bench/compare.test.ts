import { expect, test } from "vitest";
import { addRounds, type Comparison } from "../../../tools/bench/compare.ts";
import { sample } from "./support.ts";

const samples = { ours: sample(9), theirs: sample(10) };
const empty = (): Comparison => ({ rate: 500, rounds: [], others: [], repeated: 0 });

/** Measures rounds. In the busy ones, other processes take both cores. */
function measure(busy: (call: number) => boolean) {
  let calls = 0;
  return async () => ({ samples, others: busy(++calls) ? 1 : 0.5 });
}

test("adds quiet rounds to those before, with the share of other processes", async () => {
  const comparison = empty();
  const oneBusyProcess = measure(() => false);
  await addRounds(comparison, 1, oneBusyProcess);
  await addRounds(comparison, 3, oneBusyProcess);
  expect(comparison).toMatchObject({
    rounds: [samples, samples, samples],
    others: [0.5, 0.5, 0.5],
    repeated: 0,
  });
});

test("repeats a round if other processes took too much of the two cores", async () => {
  const comparison = empty();
  const secondBusy = measure((call) => call === 2);
  await addRounds(comparison, 2, secondBusy);
  expect(comparison).toMatchObject({ rounds: [samples, samples], others: [0.5, 0.5], repeated: 1 });
});

test("fails if the machine is never quiet", async () => {
  const never = measure(() => true);
  await expect(addRounds(empty(), 2, never)).rejects.toThrow("Machine too busy");
});
