import { expect, test } from "vitest";
import { countOf, describeShare, isError, parseSample } from "../../src/traffic/sample.ts";

test("curl's line is read", () => {
  expect(parseSample("200 0.0125 green")).toEqual({ status: 200, milliseconds: 12.5, color: "green" });
  expect(parseSample("503 0.001 ")).toEqual({ status: 503, milliseconds: 1, color: undefined });
  expect(parseSample("000 2.000 ")).toEqual({ status: 0, milliseconds: 2000, color: undefined });
});

test("no answer and a 5xx are errors, a 4xx is the caller's", () => {
  expect(
    [0, 200, 404, 500, 503].map((status) => isError({ status, milliseconds: 1, color: "blue" })),
  ).toEqual([true, false, false, true, true]);
});

test("the share is told with what it is a share of", () => {
  const samples = ["200 0 blue", "200 0 green", "200 0 green", "000 0 "].map(parseSample);
  expect(countOf(samples, "green")).toBe(2);
  expect(describeShare(samples, "green")).toBe("green 50.0 % of 4 requests, 1 failed");
  expect(describeShare([], "green")).toBe("green 0.0 % of 0 requests");
});
