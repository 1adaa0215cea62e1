import { describe, expect, test } from "vitest";
import { backendColorIn, backendIn, versionIn } from "../../src/domain/echo.ts";

test("the backend of a response is what a frontend passes on, or else what a backend says of itself", () => {
  expect(backendIn('{"backend":"11.0","version":"2.0"}')).toBe("11.0");
  expect(backendIn('{"version":"12.0"}')).toBe("12.0");
});

test("the version of a response is that of its sender", () => {
  expect(versionIn('{"backend":"11.0","version":"2.0"}')).toBe("2.0");
});

test.each(["", "<html>", "null", "{}", undefined])(
  "a body that is not an echo has no version: %j",
  (body) => {
    expect(versionIn(body)).toBeUndefined();
    expect(backendIn(body ?? "")).toBe("no response");
  },
);

test("a version cannot control the terminal that shows it", () => {
  const body = JSON.stringify({ backend: "\u001b[2J11.0\nready", version: "\u202e2.0" });
  expect(backendIn(body)).toBe("[2J11.0 ready");
  expect(versionIn(body)).toBe("2.0");
});

describe("the colour of a response's backend", () => {
  const frontend = '{"backend":"13.0","version":"2.0"}';
  test.each([
    ["a frontend passes on", frontend, { color: "blue", backendColor: "green" }, "green"],
    ["a frontend passes on with an error", "", { color: "blue", backendColor: "green" }, "green"],
    ["a frontend has itself", frontend, { color: "blue", backendColor: "" }, undefined],
    ["a backend has", '{"version":"13.0"}', { color: "blue", backendColor: "" }, "blue"],
    ["nobody knows", '{"version":"11.0"}', { color: "red", backendColor: "" }, undefined],
  ])("is what %s", (_what, body, headers, color) => {
    expect(backendColorIn(body, headers)).toBe(color);
  });
});
