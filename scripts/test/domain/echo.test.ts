import { expect, test } from "vitest";
import { answeredBackend, answeredVersion } from "../../src/domain/echo.ts";

test("the backend of a response is what a frontend passes on, or else what a backend says of itself", () => {
  expect(answeredBackend('{"backend":"11.0","version":"2.0"}')).toBe("11.0");
  expect(answeredBackend('{"version":"12.0"}')).toBe("12.0");
});

test("the version of a response is that of its sender", () => {
  expect(answeredVersion('{"backend":"11.0","version":"2.0"}')).toBe("2.0");
});

test.each(["", "<html>", "null", "{}", undefined])(
  "a body that is not an echo has no version: %j",
  (body) => {
    expect(answeredVersion(body)).toBeUndefined();
    expect(answeredBackend(body ?? "")).toBe("no answer");
  },
);
