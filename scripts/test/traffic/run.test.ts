import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Sample } from "../../src/domain/sample.ts";
import type { Weights } from "../../src/domain/weights.ts";
import { UserError } from "../../src/lib/errors.ts";
import { LeaseLostError } from "../../src/traffic/lease.ts";
import type { ShiftPlan } from "../../src/traffic/plan.ts";
import { runShift } from "../../src/traffic/run.ts";
import type { Switch } from "../../src/traffic/switch.ts";

type Traffic = Pick<Switch, "setWeights" | "sample">;
const BLUE = { blue: 100, green: 0 };
const HALF = { blue: 50, green: 50 };
const GREEN = { blue: 0, green: 100 };
const CANARY = { canary: { steps: [50, 100], maxErrorRate: 1, maxP99Ratio: 2, intervalMs: 0 } };

beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
});

/** A switch in memory. Its samples agree exactly with its weights; those of green have the properties in `green`. */
class FakeSwitch implements Traffic {
  readonly history: Weights[] = [];
  weights: Weights = BLUE;
  green: Partial<Sample> = {};
  onSample = (): void => undefined;

  setWeights = (weights: Weights): Promise<void> => {
    this.history.push(weights);
    this.weights = weights;
    return Promise.resolve();
  };

  sample = (count: number): Promise<Sample[]> => {
    this.onSample();
    const green = (count * this.weights.green) / 100;
    return Promise.resolve(
      Array.from({ length: count }, (_, index) =>
        index < green
          ? { status: 200, milliseconds: 5, color: "green", ...this.green }
          : { status: 200, milliseconds: 5, color: "blue" },
      ),
    );
  };
}

function run(traffic: Traffic, changes: Partial<ShiftPlan> = {}, signal = new AbortController().signal) {
  const plan: ShiftPlan = {
    color: "green",
    before: BLUE,
    steps: [HALF, GREEN],
    onInterrupt: "restore",
    ...changes,
  };
  return runShift(traffic, plan, { signal, confirm: () => Promise.resolve() });
}

test("carries out each step of its plan", async () => {
  const traffic = new FakeSwitch();
  await run(traffic);
  expect(traffic.history).toEqual([HALF, GREEN]);
});

describe("a canary", () => {
  test("goes through with a good colour", async () => {
    const traffic = new FakeSwitch();
    await run(traffic, CANARY);
    expect(traffic.history).toEqual([HALF, GREEN]);
  });

  test.each([
    ["fails", { status: 500 }, /100\.0 % of its 250 requests failed/],
    ["is slow", { milliseconds: 200 }, /its p99 is 200 ms, expected at most 2 times the other colour's 5 ms/],
    ["does not respond at all", { status: 0, color: undefined }, /requests failed/],
  ])("restores the origin if the colour %s", async (_what, green, reason) => {
    const traffic = new FakeSwitch();
    traffic.green = green;
    const outcome = run(traffic, CANARY);
    await expect(outcome).rejects.toThrow(reason);
    await expect(outcome).rejects.toThrow("The traffic is back at blue 100 %, green 0 %.");
    expect(traffic.history).toEqual([HALF, BLUE]);
  });
});

describe("an interruption", () => {
  test.each([
    ["restore", [HALF, BLUE], "back at blue 100 %, green 0 %"],
    ["hold", [HALF], "held at blue 50 %, green 50 %"],
  ] as const)("during a step obeys --on-interrupt %s", async (onInterrupt, history, message) => {
    const traffic = new FakeSwitch();
    const interrupted = new AbortController();
    traffic.onSample = () => interrupted.abort();
    const outcome = run(traffic, { onInterrupt }, interrupted.signal);
    await expect(outcome).rejects.toMatchObject({ exitCode: 130, message: expect.stringContaining(message) });
    expect(traffic.history).toEqual(history);
  });

  test("before the first step changes nothing", async () => {
    const traffic = new FakeSwitch();
    await expect(run(traffic, {}, AbortSignal.abort())).rejects.toMatchObject({ exitCode: 130 });
    expect(traffic.history).toEqual([]);
  });
});

test("a lost lease ends the shift with exit code 1, and no weight is written any more", async () => {
  const traffic = new FakeSwitch();
  const lost = new AbortController();
  traffic.onSample = () => lost.abort(new LeaseLostError("The lock was lost."));
  const outcome = run(traffic, {}, lost.signal);
  await expect(outcome).rejects.toBeInstanceOf(LeaseLostError);
  await expect(outcome).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining(
      "The lock was lost. This shift writes nothing more. It left the traffic at blue 50 %",
    ),
  });
  expect(traffic.history).toEqual([HALF]);
});

test("a step that fails is reported, and the origin restored", async () => {
  const traffic = new FakeSwitch();
  const { setWeights } = traffic;
  traffic.setWeights = (weights) =>
    weights === GREEN ? Promise.reject(new UserError("the API server is away")) : setWeights(weights);
  await expect(run(traffic)).rejects.toThrow(
    /the API server is away\nThe traffic is back at blue 100 %, green 0 %/,
  );
  expect(traffic.history).toEqual([HALF, BLUE]);
});
