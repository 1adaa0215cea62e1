import { expect, test } from "vitest";
import { answeredBackend } from "../../src/watch/answered-backend.ts";
import { Tally } from "../../src/watch/tally.ts";

test("what a frontend passes on counts, else what a backend says of itself", () => {
  expect(answeredBackend('{"backend":"11.0","version":"2.0"}')).toBe("11.0");
  expect(answeredBackend('{"version":"12.0"}')).toBe("12.0");
  for (const body of ["", "<html>", "null", "{}"]) expect(answeredBackend(body)).toBe("no answer");
});

test("shares run by version and by status", () => {
  const tally = new Tally();
  for (let i = 0; i < 3; i++) tally.add('{"version":"11.0"}', "200");
  tally.add('{"version":"12.0"}', "200");
  expect(tally.toString()).toBe("11.0 75% 12.0 25% | 200 100% | 4 requests");
  tally.add("", "000");
  expect(tally.toString()).toBe("11.0 60% 12.0 20% no answer 20% | 000 20% 200 80% | 5 requests");
});
