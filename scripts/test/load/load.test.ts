import { describe, expect, test } from "vitest";
import { load, parseRate } from "../../src/load/load.ts";

const options = { color: "blue", rate: 50, duration: 180_000 } as const;

describe("a load is refused", () => {
  test.each(["localhost:8080", "ftp://echo", ""])("of %j, which is no URL", async (url) => {
    await expect(load(url, options)).rejects.toThrow(
      `${JSON.stringify(url)} is not a URL that begins with http:// or https://`,
    );
  });

  test.each([0, 999, 3_600_001])("of %d ms", async (duration) => {
    await expect(load("http://echo", { ...options, duration })).rejects.toThrow(
      `--duration is ${duration / 1000} s, allowed is 1s to 60m`,
    );
  });

  test.each(["0", "301", "1.5", "-1", "many", ""])("of %j requests a second", (rate) => {
    expect(() => parseRate(rate)).toThrow(
      `${JSON.stringify(rate)} is no rate, allowed is a whole number of requests a second from 1 to 300`,
    );
  });
});

test("a rate is read as a number", () => {
  expect([parseRate("1"), parseRate("300")]).toEqual([1, 300]);
});
