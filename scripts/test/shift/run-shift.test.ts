import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { runShift, type Switch } from "../../src/shift/run-shift.ts";
import type { Sample } from "../../src/traffic/sample.ts";
import type { Weights } from "../../src/traffic/weights.ts";

const BLUE = { blue: 100, green: 0 };
const HALF = { blue: 50, green: 50 };
const GREEN = { blue: 0, green: 100 };
const CANARY = { maxErrorRate: 1, maxP99Ratio: 2, intervalMs: 0 };

/** A stable name in memory that answers exactly by its weights, green as `answer` says. */
class FakeName implements Switch {
  readonly history: Weights[] = [];
  weights: Weights = BLUE;
  answer = (): Partial<Sample> => ({});
  onSample = (): void => undefined;

  setWeights(weights: Weights): Promise<void> {
    this.history.push(weights);
    this.weights = weights;
    return Promise.resolve();
  }

  sample(count: number): Promise<Sample[]> {
    this.onSample();
    const green = (count * this.weights.green) / 100;
    return Promise.resolve(
      Array.from({ length: count }, (_, index) =>
        index < green
          ? { status: 200, milliseconds: 5, color: "green", ...this.answer() }
          : { status: 200, milliseconds: 5, color: "blue" },
      ),
    );
  }
}

function run(name: FakeName, options: Partial<Parameters<typeof runShift>[2]> = {}, plan = [HALF, GREEN]) {
  const signal = new AbortController().signal;
  return runShift(name, plan, { color: "green", before: BLUE, onInterrupt: "restore", signal, ...options });
}

test("carries out each step of its plan", async () => {
  const name = new FakeName();
  await run(name);
  expect(name.history).toEqual([HALF, GREEN]);
});

describe("a canary", () => {
  test("goes through to a good colour", async () => {
    const name = new FakeName();
    await run(name, { canary: CANARY });
    expect(name.history).toEqual([HALF, GREEN]);
  });

  test.each([
    ["fails", { status: 500 }, /100\.0 % of its 250 requests failed/],
    ["is slow", { milliseconds: 200 }, /its p99 is 200 ms, over 2 times the other colour's 5 ms/],
    ["does not answer at all", { status: 0, color: undefined }, /requests failed/],
  ])("comes back from a colour that %s", async (_what, answer, reason) => {
    const name = new FakeName();
    name.answer = () => answer;
    const outcome = run(name, { canary: CANARY });
    await expect(outcome).rejects.toThrow(reason);
    await expect(outcome).rejects.toThrow("The traffic is back at blue 100 %, green 0 %.");
    expect(name.history).toEqual([HALF, BLUE]);
  });
});

describe("an interruption in the middle", () => {
  test.each([
    ["restore", [HALF, BLUE], "back at blue 100 %, green 0 %"],
    ["hold", [HALF], "held at blue 50 %, green 50 %"],
  ] as const)("does as told: %s", async (onInterrupt, history, message) => {
    const name = new FakeName();
    const interrupted = new AbortController();
    name.onSample = () => interrupted.abort();
    const outcome = run(name, { onInterrupt, signal: interrupted.signal });
    await expect(outcome).rejects.toMatchObject({ exitCode: 130, message: expect.stringContaining(message) });
    expect(name.history).toEqual(history);
  });

  test("before the first step changes nothing", async () => {
    const name = new FakeName();
    await expect(run(name, { signal: AbortSignal.abort() })).rejects.toMatchObject({ exitCode: 130 });
    expect(name.history).toEqual([]);
  });
});

test("a step that cannot be taken is told, and the traffic goes back", async () => {
  const name = new FakeName();
  const set = name.setWeights.bind(name);
  name.setWeights = (weights) =>
    weights === GREEN ? Promise.reject(new UserError("the API server is away")) : set(weights);
  await expect(run(name)).rejects.toThrow(
    /the API server is away\nThe traffic is back at blue 100 %, green 0 %/,
  );
  expect(name.history).toEqual([HALF, BLUE]);
});
