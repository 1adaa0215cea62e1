import { expect, test } from "vitest";
import { addRounds, type Comparison, type Samplers } from "../../../../tools/bench/hot-path/rounds.ts";

/** Samplers that record their calls; each load is quiet unless its number is in `busy`. */
function samplers(busy: (call: number) => boolean = () => false) {
  const calls: string[] = [];
  const sampler = (name: string, microseconds: number) => async () => {
    calls.push(name);
    return { microseconds, quiet: !busy(calls.length) };
  };
  const both: Samplers = { shipped: sampler("shipped", 9), library: sampler("library", 10) };
  return { calls, both };
}

const ROUND = { shipped: 9, library: 10 };
const empty = (): Comparison => ({ rounds: [], starts: [], memory: [], repeated: 0 });

test("alternates the order of the servers from round to round", async () => {
  const comparison = empty();
  const { calls, both } = samplers();
  await addRounds(comparison, 1, both);
  await addRounds(comparison, 2, both);
  expect(calls).toEqual(["shipped", "library", "library", "shipped", "shipped", "library"]);
  expect(comparison).toMatchObject({ rounds: [ROUND, ROUND, ROUND], repeated: 0 });
});

test("repeats a round if other processes used the server's core", async () => {
  const comparison = empty();
  const { calls, both } = samplers((call) => call === 2);
  await addRounds(comparison, 1, both);
  expect(calls).toHaveLength(4);
  expect(comparison).toMatchObject({ rounds: [ROUND], repeated: 1 });
});

test("fails if the machine is never quiet", async () => {
  const { both } = samplers(() => true);
  await expect(addRounds(empty(), 2, both)).rejects.toThrow("Machine too busy");
});
