import { describe, expect, test } from "vitest";
import { judge, observe } from "../../src/shift/judge.ts";
import type { Sample } from "../../src/traffic/sample.ts";

const LIMITS = { maxErrorRate: 1, maxP99Ratio: 2 };
const seen = (errors: number, p99: number | undefined, requests = 200) => ({ requests, errors, p99 });
const sample = (status: number, color: Sample["color"], milliseconds = 5): Sample => ({
  status,
  color,
  milliseconds,
});

describe("what was seen of a colour", () => {
  const samples = [
    sample(200, "green", 10),
    sample(500, "green", 900),
    sample(503, undefined),
    sample(200, "blue", 3),
  ];

  test("of the target, with the answers that nobody gave", () => {
    expect(observe(samples, "green", true)).toEqual({ requests: 3, errors: 2, p99: 10 });
  });

  test("of the other, its own answers alone", () => {
    expect(observe(samples, "blue", false)).toEqual({ requests: 1, errors: 0, p99: 3 });
  });
});

describe("the judgement", () => {
  test.each([
    ["no errors, alike", seen(0, 10), seen(0, 10)],
    ["errors up to the limit", seen(2, 10), seen(0, 10)],
    ["twice as slow, to the millisecond", seen(0, 100), seen(0, 50)],
    ["many times as slow, by little", seen(0, 21), seen(0, 1)],
    ["nothing to compare with", seen(0, 900), seen(0, undefined)],
  ])("is good: %s", (_what, target, other) => {
    expect(judge(target, other, LIMITS)).toBeUndefined();
  });

  test.each([
    ["errors over the limit", seen(3, 10), "1.5 % of its 200 requests failed, at most 1 % may"],
    ["too slow", seen(0, 101), "its p99 is 101 ms, over 2 times the other colour's 50 ms"],
  ])("is bad: %s", (_what, target, reason) => {
    expect(judge(target, seen(0, 50), LIMITS)).toBe(reason);
  });
});
