import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { Sender } from "../../../src/ui/page/sender.ts";

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

/** A sender whose requests end when the test ends them. */
function start(rate: number, limit: number) {
  const pending: (() => void)[] = [];
  let sent = 0;
  const sender = new Sender(
    () => {
      sent++;
      return new Promise((resolve) => pending.push(resolve));
    },
    rate,
    limit,
  );
  const end = async (count = pending.length) => {
    for (const resolve of pending.splice(0, count)) resolve();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { sender, end, sent: () => sent };
}

test("sends at the rate, and at once at a new rate", async () => {
  const { sender, sent } = start(10, 1000);
  await vi.advanceTimersByTimeAsync(999);
  expect(sent()).toBe(10);
  sender.rate = 50;
  expect(sent()).toBe(11);
  await vi.advanceTimersByTimeAsync(999);
  expect(sent()).toBe(60);
});

test("sends no more requests at a time than the limit, and says its real rate", async () => {
  const { sender, end, sent } = start(50, 6);
  await vi.advanceTimersByTimeAsync(500);
  expect(sent()).toBe(6);
  expect(sender.realRate(performance.now())).toBeUndefined();
  for (let i = 0; i < 12; i++) {
    await end();
    await vi.advanceTimersByTimeAsync(300);
  }
  expect(sender.realRate(performance.now())).toBe(20);
  sender.limit = 100;
  for (let i = 0; i < 12; i++) {
    await end();
    await vi.advanceTimersByTimeAsync(300);
  }
  expect(Math.round(sender.realRate(performance.now()) ?? 0)).toBe(50);
});

test("a burst waits for places, and a second burst for a second", async () => {
  const { sender, end, sent } = start(1, 6);
  sender.burst(100);
  sender.burst(100);
  expect(sent()).toBe(6);
  for (let i = 0; i < 30; i++) await end();
  expect(sent()).toBe(101);
  await vi.advanceTimersByTimeAsync(1000);
  await end();
  const before = sent();
  sender.burst(5);
  expect(sent()).toBe(before + 5);
});

test("bursts at a server that hangs send the requests of one burst when it responds again", async () => {
  const { sender, end, sent } = start(1, 6);
  for (let i = 0; i < 10; i++) {
    sender.burst(100);
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(sent()).toBe(6);
  for (let i = 0; i < 40; i++) await end();
  expect(sent()).toBe(106);
});

test("a pause ends a burst, and one that begins in the pause is sent", async () => {
  const { sender, end, sent } = start(1, 6);
  sender.burst(100);
  sender.active = false;
  for (let i = 0; i < 40; i++) await end();
  expect(sent()).toBe(6);
  await vi.advanceTimersByTimeAsync(1000);
  sender.burst(5);
  expect(sent()).toBe(11);
});

test("sends nothing while inactive, and goes on at once", async () => {
  const { sender, end, sent } = start(10, 6);
  sender.active = false;
  await end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent()).toBe(1);
  expect(sender.realRate(performance.now())).toBeUndefined();
  sender.active = true;
  expect(sent()).toBe(2);
  expect(sender.startedAt).toBe(performance.now());
});
