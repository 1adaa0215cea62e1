import { describe, expect, test } from "vitest";
import { judge, observe } from "../../../src/traffic/judge/judge.ts";
import type { Sample } from "../../../src/domain/sample.ts";

const LIMITS = { maxErrorRate: 1, maxP99Ratio: 2 };
const observation = (errors: number, p99: number | undefined, requests = 200) => ({ requests, errors, p99 });
const sample = (status: number, color: Sample["color"], milliseconds = 5): Sample => ({
  status,
  color,
  milliseconds,
});

describe("the observation", () => {
  const samples = [
    sample(200, "green", 10),
    sample(500, "green", 900),
    sample(503, undefined),
    sample(200, "blue", 3),
  ];

  test("of the target includes the samples without a colour", () => {
    expect(observe(samples, "green", true)).toEqual({ requests: 3, errors: 2, p99: 10 });
  });

  test("of the other colour has its own samples only", () => {
    expect(observe(samples, "blue", false)).toEqual({ requests: 1, errors: 0, p99: 3 });
  });
});

describe("the judgement", () => {
  test.each([
    ["no errors, the same p99", observation(0, 10), observation(0, 10)],
    ["errors up to the limit", observation(2, 10), observation(0, 10)],
    ["twice as slow, to the millisecond", observation(0, 100), observation(0, 50)],
    ["many times as slow, by a few ms", observation(0, 21), observation(0, 1)],
    ["nothing to compare with", observation(0, 900), observation(0, undefined)],
  ])("is good: %s", (_what, target, other) => {
    expect(judge(target, other, LIMITS)).toBeUndefined();
  });

  test.each([
    ["errors over the limit", observation(3, 10), "1.5 % of its 200 requests failed, expected at most 1 %"],
    ["too slow", observation(0, 101), "its p99 is 101 ms, expected at most 2 times the other colour's 50 ms"],
  ])("is bad: %s", (_what, target, reason) => {
    expect(judge(target, observation(0, 50), LIMITS)).toBe(reason);
  });
});
