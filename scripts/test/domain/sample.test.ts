import { expect, test } from "vitest";
import { countOf, describeShare, isError, parseSample } from "../../src/domain/sample.ts";

test("reads a line of curl's output, without the time of the name's lookup", () => {
  expect(parseSample("200 0.25 0.5 green")).toEqual({ status: 200, milliseconds: 250, color: "green" });
  expect(parseSample("503 0 0.001 ")).toEqual({ status: 503, milliseconds: 1, color: undefined });
  expect(parseSample("000 0 2.000  Operation timed out")).toEqual({
    ...{ status: 0, milliseconds: 2000, color: undefined },
    reason: "Operation timed out",
  });
});

test("no response and a 5xx are errors, a 4xx is not", () => {
  expect(
    [0, 200, 404, 500, 503].map((status) => isError({ status, milliseconds: 1, color: "blue" })),
  ).toEqual([true, false, false, true, true]);
});

test("describes a share with the number of requests and of failures, and how the first one failed", () => {
  const good = ["200 0 0 blue", "200 0 0 green", "200 0 0 green"];
  const describeWith = (failure: string) => describeShare([...good, failure].map(parseSample), "green");
  expect(countOf(good.map(parseSample), "green")).toBe(2);
  expect(describeWith("000 0 2  Operation timed out")).toBe(
    "green 50.0 % of 4 requests, 1 failed (the first: no response, Operation timed out)",
  );
  expect(describeWith("503 0 0 blue")).toBe("green 50.0 % of 4 requests, 1 failed (the first: status 503)");
  expect(describeShare([], "green")).toBe("green 0.0 % of 0 requests");
});
