import { expect, test } from "vitest";
import { type Answer, Answers, latency, MOST_ANSWERS, sharesOf } from "../../src/ui/page/answers.ts";

const answer = (at: number, backend = "11.0", milliseconds = 5): Answer => ({
  at,
  backend,
  milliseconds,
  look: "blue",
});

test("shares are of the answers asked about, or of all", () => {
  const answers = new Answers();
  for (let at = 0; at < 10; at++) answers.add(answer(at, at < 5 ? "11.0" : "12.0"));
  expect(sharesOf(answers.since(4))).toEqual([
    ["11.0", 1 / 6],
    ["12.0", 5 / 6],
  ]);
  expect(answers.overall()).toEqual([
    ["11.0", 0.5],
    ["12.0", 0.5],
  ]);
  expect(answers.newest(2).map(({ at }) => at)).toEqual([8, 9]);
  answers.clear();
  expect(answers.overall()).toEqual([]);
  expect(answers.total).toBe(0);
});

test("old answers are forgotten, but not from the counts", () => {
  const answers = new Answers();
  for (let at = 0; at < MOST_ANSWERS * 3; at++) answers.add(answer(at));
  expect(answers.since(0).length).toBeLessThanOrEqual(MOST_ANSWERS * 1.25);
  expect(answers.newest(1)).toEqual([answer(MOST_ANSWERS * 3 - 1)]);
  expect(answers.total).toBe(MOST_ANSWERS * 3);
});

test("latency is one that was seen", () => {
  const some = [3, 1, 2, 4].map((milliseconds) => answer(0, "11.0", milliseconds));
  expect(latency(some, 0.5)).toBe(2);
  expect(latency(some, 0.99)).toBe(4);
  expect(latency([], 0.5)).toBeUndefined();
});
