import { expect, test } from "vitest";
import { echoWriter, timeOfDay } from "../src/echo.ts";

test("the time is the local one, in 24 hours of two digits", () => {
  expect(timeOfDay(new Date(2026, 10, 24, 9, 5, 3))).toBe("09:05:03");
  expect(timeOfDay(new Date(2026, 10, 24, 23, 59, 0))).toBe("23:59:00");
});

test("an echo is one line of JSON, keys in their order, whatever the backend says", () => {
  const write = echoWriter({ hostname: 'a"b', version: "2.0" });
  const echo = { backend: '1","x":"\n', ec2IP: "10.0.0.1", time: "09:05:03" };
  expect(write({ ...echo })).toBe(
    `${JSON.stringify({ backend: echo.backend, ec2IP: echo.ec2IP, hostname: 'a"b', time: echo.time, version: "2.0" })}\n`,
  );
  expect(JSON.parse(write({ ...echo, error: 'no "version"' }))).toMatchObject({ error: 'no "version"' });
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
