import { expect, test } from "vitest";
import { timeOfDay } from "../src/echo.ts";

test("the time is the local one, in 24 hours of two digits", () => {
  expect(timeOfDay(new Date(2026, 10, 24, 9, 5, 3))).toBe("09:05:03");
  expect(timeOfDay(new Date(2026, 10, 24, 23, 59, 0))).toBe("23:59:00");
});

test("the time goes on with the clock", () => {
  const start = new Date(2026, 10, 24, 9, 5, 3).getTime();
  expect([0, 999, 1000, 1999].map((later) => timeOfDay(start + later))).toEqual([
    "09:05:03",
    "09:05:03",
    "09:05:04",
    "09:05:04",
  ]);
});
