import { expect, test } from "vitest";
import type { Color } from "../../src/domain/color.ts";
import { backendIn } from "../../src/domain/echo.ts";
import { Tally } from "../../src/observe/tally.ts";

const answer = (body: string, status = 200, milliseconds = 5, color?: Color) => ({
  ...{ body, status, milliseconds, color },
  backend: backendIn(body),
});

test("shares are by version and by status", () => {
  const tally = new Tally();
  for (let i = 0; i < 3; i++) tally.add(answer('{"version":"11.0"}'));
  tally.add(answer('{"version":"12.0"}'));
  expect(tally.toString()).toBe("11.0 75% 12.0 25% | 200 100% | 4 requests");
  tally.add(answer("", 0));
  expect(tally.toString()).toBe("11.0 60% 12.0 20% no response 20% | 0 20% 200 80% | 5 requests");
});

const blue = answer('{"version":"11.0"}', 200, 5, "blue");
const green = answer('{"version":"12.0"}', 200, 20, "green");

const times = (count: number, one: typeof blue) => Array.from({ length: count }, () => one);

/** Adds an answer each second from 12:01:00 on, and returns the reported changes. */
function changesOf(tally: Tally, answers: readonly (typeof blue)[]): string[] {
  return answers.flatMap((one, second) => tally.add(one, new Date(2026, 10, 24, 12, 1, second)) ?? []);
}

test("a change of version is reported with the time when it began, and kept for the summary", () => {
  const tally = new Tally();
  const changes = changesOf(tally, [...times(7, blue), ...times(12, green)]);
  expect(changes).toEqual(["blue 11.0 → green 12.0 at 12:01:07"]);
  expect(tally.summary()).toEqual({
    requests: 19,
    versions: { "11.0": 7 / 19, "12.0": 12 / 19 },
    statuses: { 200: 1 },
    p50: 20,
    p99: 20,
    changes,
  });
  expect(tally.describe()).toContain("1 changes, the last blue 11.0 → green 12.0 at 12:01:07");
});

test("the colour of a version is that of its responses, whatever it was before", () => {
  const tally = new Tally();
  const versions = { blue: answer('{"version":"12.0"}', 200, 5, "blue"), none: answer('{"version":"13.0"}') };
  expect(
    changesOf(tally, [...times(5, green), ...times(10, versions.blue), ...times(10, versions.none)]),
  ).toEqual(["green 12.0 → blue 12.0 at 12:01:05", "blue 12.0 → 13.0 at 12:01:15"]);
});

test("answers that alternate, as with a weight of both, are not a change", () => {
  const tally = new Tally();
  const mixed = Array.from({ length: 50 }, (_, i) => (i % 10 === 0 ? blue : green));
  expect(changesOf(tally, [blue, ...mixed])).toEqual([]);
});

const at = (second: number) => new Date(2026, 10, 24, 12, 1, second);

test("the recent shares are those of the last ten seconds, also if the responses are slow", () => {
  const tally = new Tally();
  changesOf(tally, [...times(7, blue), ...times(5, green)]);
  expect(tally.recent(at(11))).toEqual([
    { name: "blue 11.0", color: "blue", share: 0.5 },
    { name: "green 12.0", color: "green", share: 0.5 },
  ]);
  expect(tally.recent(at(20))).toEqual([{ name: "green 12.0", color: "green", share: 1 }]);
  expect(tally.recent(at(21))).toEqual([]);
});

test("the silence is the time since the last response, or since the first request", () => {
  const tally = new Tally();
  expect(tally.silence(at(0))).toBe(0);
  tally.add(answer("", 0, 5000), at(5));
  expect(tally.silence(at(7))).toBe(7);
  tally.add(blue, at(8));
  tally.add(answer("", 0, 5000), at(13));
  expect(tally.silence(at(14))).toBe(6);
});
