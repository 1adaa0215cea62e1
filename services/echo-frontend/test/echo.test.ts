import { expect, test } from "vitest";
import { timeOfDay } from "../src/echo.ts";

test("the time is the local one, in 24 hours of two digits", () => {
  expect(timeOfDay(new Date(2026, 10, 24, 9, 5, 3))).toBe("09:05:03");
  expect(timeOfDay(new Date(2026, 10, 24, 23, 59, 0))).toBe("23:59:00");
});
