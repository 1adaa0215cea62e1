import { expect, test } from "vitest";
import { answeredBackend } from "../../src/watch/answered-backend.ts";
import { Tally } from "../../src/watch/tally.ts";

test("what a frontend passes on counts, else what a backend says of itself", () => {
  expect(answeredBackend('{"backend":"11.0","version":"2.0"}')).toBe("11.0");
  expect(answeredBackend('{"version":"12.0"}')).toBe("12.0");
  for (const body of ["", "<html>", "null", "{}"]) expect(answeredBackend(body)).toBe("no answer");
});

const answer = (body: string, status = 200, milliseconds = 5) => ({
  body,
  status,
  milliseconds,
  backend: answeredBackend(body),
});

test("shares run by version and by status", () => {
  const tally = new Tally();
  for (let i = 0; i < 3; i++) tally.add(answer('{"version":"11.0"}'));
  tally.add(answer('{"version":"12.0"}'));
  expect(tally.toString()).toBe("11.0 75% 12.0 25% | 200 100% | 4 requests");
  tally.add(answer("", 0));
  expect(tally.toString()).toBe("11.0 60% 12.0 20% no answer 20% | 0 20% 200 80% | 5 requests");
});

test("a change of what answers is told with its time, and kept for the summary", () => {
  const tally = new Tally();
  const at = new Date(2026, 10, 24, 12, 1, 7);
  expect(tally.add(answer('{"version":"11.0"}'), at)).toBeUndefined();
  expect(tally.add(answer('{"version":"11.0"}'), at)).toBeUndefined();
  expect(tally.add(answer('{"version":"12.0"}', 200, 20), at)).toBe("11.0 → 12.0 at 12:01:07");
  expect(tally.summary()).toEqual({
    requests: 3,
    versions: { "11.0": 2 / 3, "12.0": 1 / 3 },
    statuses: { 200: 1 },
    p50: 5,
    p99: 20,
    changes: ["11.0 → 12.0 at 12:01:07"],
  });
  expect(tally.describe()).toContain("p50 5 ms, p99 20 ms, 1 changes, the last 11.0 → 12.0 at 12:01:07");
});
