import * as fc from "fast-check";
import { expect, test } from "vitest";
import { timeOfDay } from "../../src/hot-path/time-of-day.ts";
import { timeOfDay as libraryTimeOfDay } from "./library/time-of-day.ts";

test("formats the time as Date does, at any sequence of times", () => {
  const start = Date.UTC(2026, 10, 24);
  const time = fc.oneof(fc.integer({ min: 1000, max: 4e12 }), fc.integer({ min: start, max: start + 3000 }));
  fc.assert(
    fc.property(fc.array(time), (times) => {
      for (const now of times) expect(timeOfDay(now)).toBe(libraryTimeOfDay(now));
    }),
  );
});

test("is the local time with 24 hours and two digits each", () => {
  expect(timeOfDay(new Date(2026, 10, 24, 9, 5, 3).getTime())).toBe("09:05:03");
  expect(timeOfDay(new Date(2026, 10, 24, 23, 59, 0).getTime())).toBe("23:59:00");
});
