import { describe, expect, test } from "vitest";
import { UserError } from "../../src/lib/errors.ts";
import { openJournal } from "../../src/traffic/lease/journal.ts";
import { LeaseLostError } from "../../src/traffic/lease/lease.ts";
import type { Announcement } from "../../src/traffic/place/place.ts";
import type { ShiftPlan } from "../../src/traffic/plan.ts";
import { readHistory, readRecord } from "../../src/traffic/lease/record.ts";
import type { Reporter } from "../../src/traffic/reporter.ts";
import { runShift } from "../../src/traffic/run.ts";
import { ForeignRevisionError } from "../../src/traffic/stable-name/traffic-release.ts";
import { FakeSwitch } from "../support/fake-switch.ts";
import { UNFINISHED } from "../support/shift-record.ts";

const BLUE = { blue: 100, green: 0 };
const HALF = { blue: 50, green: 50 };
const GREEN = { blue: 0, green: 100 };
const CANARY = { limits: { maxErrorRate: 1, maxP99Ratio: 2, intervalMs: 0 } };
const SILENT: Reporter = { say: () => undefined, doing: () => undefined, close: () => undefined };

/** A lease whose annotations are in memory, and which can be lost. */
function fakeHeld(signal = new AbortController().signal) {
  let annotations: Record<string, string> = {};
  const state = { lost: false };
  const confirm = async () => {
    await Promise.resolve();
    if (state.lost) throw new LeaseLostError("A rival has taken the lock.");
  };
  return {
    ...{ signal, state, confirm },
    get annotations() {
      return annotations;
    },
    annotate: async (changes: Readonly<Record<string, string | undefined>>) => {
      await confirm();
      const kept = Object.entries({ ...annotations, ...changes });
      annotations = Object.fromEntries(
        kept.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
      );
    },
  };
}

function start(traffic: FakeSwitch, changes: Partial<ShiftPlan> = {}, held = fakeHeld()) {
  const plan: ShiftPlan = {
    ...{ color: "green", origin: BLUE, now: traffic.weights, steps: [50, 100], limits: undefined },
    ...{ onInterrupt: "restore", minReady: undefined, first: 0, result: "done" },
    ...changes,
  };
  const journal = openJournal(held, { ...UNFINISHED, steps: [...plan.steps], next: 0 });
  const announcements: Announcement[] = [];
  const announce = async (announcement: Announcement) => void announcements.push(announcement);
  const rule = { origin: plan.origin, originReady: traffic.instances.blue, minReady: plan.minReady };
  const common = { journal, reporter: SILENT, announce, flags: " -n test" };
  const outcome = runShift({ traffic, rule, followers: [], plan, held, ...common });
  return {
    outcome,
    journal,
    announcements,
    record: () => readRecord(held.annotations, String),
    results: () => readHistory(held.annotations, String).map(({ result }) => result),
  };
}

test("carries out each step of its plan, and records the result", async () => {
  const traffic = new FakeSwitch();
  const { outcome, record, results, announcements } = start(traffic);
  expect(await outcome).toBe("done");
  expect(traffic.history).toEqual([HALF, GREEN]);
  expect(record()).toBeUndefined();
  expect(results()).toEqual(["done"]);
  expect(announcements.map(({ reason }) => reason)).toEqual(["ShiftStep", "ShiftStep"]);
});

test("checks the capacity of each later step before it sets the weights", async () => {
  const traffic = new FakeSwitch();
  traffic.instances = { blue: 2, green: 2 };
  const { outcome } = start(traffic, { steps: [25, 50, 100] });
  expect(await outcome).toBe("done");
  expect(traffic.checked).toEqual([
    { color: "green", ready: 1, at: { blue: 75, green: 25 } },
    { color: "green", ready: 2, at: HALF },
  ]);
});

test("restores the origin if another route takes the path before the next step", async () => {
  const traffic = new FakeSwitch();
  traffic.onSample = () => void (traffic.isBlocked = true);
  const { outcome } = start(traffic);
  await expect(outcome).rejects.toThrow("another route has the host name of green\nThe traffic is back");
  expect(traffic.history).toEqual([HALF, BLUE]);
});

test("restores the origin if the pods for the next step are gone", async () => {
  const traffic = new FakeSwitch();
  traffic.instances = { blue: 2, green: 2 };
  traffic.onSample = () => void (traffic.instances.green = 1);
  const { outcome, results } = start(traffic);
  await expect(outcome).rejects.toThrow(
    "blue 50 %, green 50 %: green has 1 of 2.\nThe traffic is back at blue 100 %, green 0 %.",
  );
  expect(traffic.history).toEqual([HALF, BLUE]);
  expect(results()).toEqual(["restored"]);
});

test("records each step before it sets the weights", async () => {
  const traffic = new FakeSwitch();
  const { setWeights } = traffic;
  const seen: unknown[] = [];
  const held = fakeHeld();
  traffic.setWeights = async (weights, confirm) => {
    seen.push(readRecord(held.annotations, String));
    await setWeights(weights, confirm);
  };
  await start(traffic, {}, held).outcome;
  expect(seen).toMatchObject([
    { state: "running", next: 0, weights: HALF, origin: BLUE },
    { state: "running", next: 1, weights: GREEN, origin: BLUE },
  ]);
});

test("stops at a pause, and records the step after it", async () => {
  const traffic = new FakeSwitch();
  const { outcome, record, results } = start(traffic, { steps: [50, "pause", 100] });
  expect(await outcome).toBe("paused");
  expect(traffic.history).toEqual([HALF]);
  expect(record()).toMatchObject({ state: "paused", next: 2, weights: HALF, origin: BLUE });
  expect(results()).toEqual([]);
});

test("does not set weights that are set already", async () => {
  const traffic = new FakeSwitch(HALF);
  await start(traffic).outcome;
  expect(traffic.history).toEqual([GREEN]);
});

test("counts the samples that failed in an accepted shift", async () => {
  const traffic = new FakeSwitch();
  traffic.green = { status: 500 };
  const { outcome, journal } = start(traffic);
  await outcome;
  expect(journal.record).toMatchObject({ requests: 2000, failed: 1500 });
});

describe("a canary", () => {
  test("goes through with a good colour", async () => {
    const traffic = new FakeSwitch();
    await start(traffic, CANARY).outcome;
    expect(traffic.history).toEqual([HALF, GREEN]);
  });

  test.each([
    ["fails", { status: 500 }, /100\.0 % of its 250 requests failed/],
    ["is slow", { milliseconds: 200 }, /its p99 is 200 ms, expected at most 2 times the other colour's 5 ms/],
    ["does not respond at all", { status: 0, color: undefined }, /requests failed/],
  ])("restores the origin if the colour %s", async (_what, green, reason) => {
    const traffic = new FakeSwitch();
    traffic.green = green;
    const { outcome, record, results, announcements } = start(traffic, CANARY);
    await expect(outcome).rejects.toThrow(reason);
    await expect(outcome).rejects.toThrow("The traffic is back at blue 100 %, green 0 %.");
    expect(traffic.history).toEqual([HALF, BLUE]);
    expect(record()).toBeUndefined();
    expect(results()).toEqual(["restored"]);
    expect(announcements).toMatchObject([{ reason: "ShiftRestored", warning: true }]);
  });

  test("that continues at 50 % restores the recorded origin if the colour is bad now", async () => {
    const traffic = new FakeSwitch(HALF);
    traffic.green = { status: 500 };
    await expect(start(traffic, CANARY).outcome).rejects.toThrow("back at blue 100 %, green 0 %");
    expect(traffic.history).toEqual([BLUE]);
  });
});

test("an abort that fails says how to try again", async () => {
  const traffic = new FakeSwitch(HALF);
  traffic.setWeights = () => Promise.reject(new UserError("no quota"));
  const { outcome, record } = start(traffic, { steps: [0], result: "aborted", onInterrupt: "hold" });
  await expect(outcome).rejects.toThrow(/no quota\nTry again: pnpm shift abort -n test$/);
  expect(record()).toMatchObject({ state: "failed" });
});

test("an abort sets the origin", async () => {
  const traffic = new FakeSwitch(HALF);
  traffic.green = { status: 500 };
  const { outcome, results } = start(traffic, { steps: [0], result: "aborted", onInterrupt: "hold" });
  await outcome;
  expect(traffic.history).toEqual([BLUE]);
  expect(results()).toEqual(["aborted"]);
});

describe("an interruption", () => {
  test.each([
    ["restore", [HALF, BLUE], "back at blue 100 %, green 0 %", undefined, ["interrupted"]],
    [
      "hold",
      [HALF],
      "held at blue 50 %, green 50 %. See how to go on: pnpm shift status -n test",
      "held",
      [],
    ],
  ] as const)("during a step obeys --on-interrupt %s", async (onInterrupt, history, message, left, ended) => {
    const traffic = new FakeSwitch();
    const interrupted = new AbortController();
    traffic.onSample = () => interrupted.abort();
    const { outcome, record, results } = start(traffic, { onInterrupt }, fakeHeld(interrupted.signal));
    await expect(outcome).rejects.toMatchObject({ exitCode: 130, message: expect.stringContaining(message) });
    expect(traffic.history).toEqual(history);
    expect(record()?.state).toBe(left);
    expect(results()).toEqual(ended);
  });

  test("before the first step changes nothing", async () => {
    const traffic = new FakeSwitch();
    const { outcome } = start(traffic, {}, fakeHeld(AbortSignal.abort()));
    await expect(outcome).rejects.toMatchObject({ exitCode: 130 });
    expect(traffic.history).toEqual([]);
  });
});

describe("a process that was frozen, while a rival took the lock, writes nothing more:", () => {
  test("in a step, if the lost lease is known", async () => {
    const traffic = new FakeSwitch();
    const lost = new AbortController();
    const held = fakeHeld(lost.signal);
    traffic.onSample = () => {
      held.state.lost = true;
      lost.abort(new LeaseLostError("The lock was lost."));
    };
    const { outcome, record } = start(traffic, {}, held);
    await expect(outcome).rejects.toBeInstanceOf(LeaseLostError);
    await expect(outcome).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining(
        "The lock was lost. This shift writes nothing more. It left the traffic at blue 50 %",
      ),
    });
    expect(traffic.history).toEqual([HALF]);
    expect(record()).toMatchObject({ state: "running", origin: BLUE });
  });

  test("before the next step", async () => {
    const traffic = new FakeSwitch();
    const held = fakeHeld();
    traffic.onSample = () => void (held.state.lost = true);
    await expect(start(traffic, {}, held).outcome).rejects.toBeInstanceOf(LeaseLostError);
    expect(traffic.history).toEqual([HALF]);
  });

  test("before the restore", async () => {
    const traffic = new FakeSwitch();
    traffic.green = { status: 500 };
    const held = fakeHeld();
    traffic.onSample = () => void (held.state.lost = traffic.weights.green === 50);
    const { outcome, record, results } = start(traffic, CANARY, held);
    await expect(outcome).rejects.toBeInstanceOf(LeaseLostError);
    expect(traffic.history).toEqual([HALF]);
    expect(record()).toMatchObject({ state: "running", origin: BLUE });
    expect(results()).toEqual([]);
  });

  test("before the result is recorded", async () => {
    const traffic = new FakeSwitch();
    const held = fakeHeld();
    traffic.onSample = () => void (held.state.lost = traffic.weights.green === 100);
    const { outcome, results } = start(traffic, {}, held);
    await expect(outcome).rejects.toBeInstanceOf(LeaseLostError);
    expect(traffic.history).toEqual([HALF, GREEN]);
    expect(results()).toEqual([]);
  });
});

test("weights that someone else has set by helm stay, and the record keeps the origin", async () => {
  const traffic = new FakeSwitch();
  const { setWeights } = traffic;
  traffic.setWeights = (weights, confirm) =>
    weights.green === 100 ? Promise.reject(new ForeignRevisionError(7, 5)) : setWeights(weights, confirm);
  const { outcome, record } = start(traffic);
  await expect(outcome).rejects.toThrow("found revision 7, expected 5. This shift writes nothing more.");
  await expect(outcome).rejects.toThrow(/See where it is: pnpm shift status -n test$/);
  expect(traffic.history).toEqual([HALF]);
  expect(record()).toMatchObject({ state: "failed", origin: BLUE });
});

test("a step that fails is reported, and the origin restored", async () => {
  const traffic = new FakeSwitch();
  const { setWeights } = traffic;
  traffic.setWeights = (weights, confirm) =>
    weights.green === 100
      ? Promise.reject(new UserError("the API server is away"))
      : setWeights(weights, confirm);
  await expect(start(traffic).outcome).rejects.toThrow(
    /the API server is away\nThe traffic is back at blue 100 %, green 0 %/,
  );
  expect(traffic.history).toEqual([HALF, BLUE]);
});

test("a restore that fails leaves a record with the origin", async () => {
  const traffic = new FakeSwitch();
  traffic.green = { status: 500 };
  const { setWeights } = traffic;
  traffic.setWeights = (weights, confirm) =>
    weights.green === 0 ? Promise.reject(new UserError("no quota")) : setWeights(weights, confirm);
  const { outcome, record } = start(traffic, CANARY);
  await expect(outcome).rejects.toThrow(
    /could not be restored to blue 100 %[^]*: pnpm shift status -n test\nTry again: pnpm shift abort -n test\nno quota/,
  );
  expect(record()).toMatchObject({ state: "failed", origin: BLUE });
});
