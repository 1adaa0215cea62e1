import { describe, expect, test } from "vitest";
import { parseAutocannon } from "../../src/bench/autocannon.ts";
import { parseCount } from "../../src/bench/bench.ts";
import { parseWrk } from "../../src/bench/wrk.ts";

/** A report as wrk 4.1.0 writes it. */
function wrkReport({ p99 = "1.21ms", failures = "" } = {}): string {
  return `Running 2s test @ http://127.0.0.1:8080/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   512.11us  123.45us   9.12ms   90.12%
    Req/Sec    61.25k     2.03k   64.11k    80.95%
  Latency Distribution
     50%  480.00us
     75%  530.00us
     90%  601.00us
     99%    ${p99}
  127956 requests in 2.10s, 23.18MB read
${failures}Requests/sec:  60930.47
Transfer/sec:     11.04MB
`;
}

describe("wrk's report", () => {
  test.each([
    ["1.21ms", 1.21],
    ["980.00us", 0.98],
    // wrk fills up a unit of one letter.
    ["1.05s ", 1050],
  ])("is read, with a p99 of %s", (p99, p99Ms) => {
    expect(parseWrk(wrkReport({ p99 }))).toEqual({ requestsPerSecond: 60_930.47, p99Ms });
  });

  test.each(["  Non-2xx or 3xx responses: 12\n", "  Socket errors: connect 0, read 3, write 0, timeout 0\n"])(
    "that tells of failures measures nothing: %s",
    (failures) => {
      expect(() => parseWrk(wrkReport({ failures }))).toThrow(`the load met failures: ${failures.trim()}`);
    },
  );

  test("that is none is refused", () => {
    expect(() => parseWrk("unable to connect")).toThrow("this is no report of wrk's:\nunable to connect");
  });
});

describe("autocannon's report", () => {
  const report = { requests: { average: 24_010.4 }, latency: { p99: 3 }, non2xx: 0, errors: 0 };

  test("is read", () => {
    expect(parseAutocannon(JSON.stringify(report))).toEqual({ requestsPerSecond: 24_010.4, p99Ms: 3 });
  });

  test.each([{ non2xx: 1 }, { errors: 1 }])("that tells of failures measures nothing: %j", (failures) => {
    expect(() => parseAutocannon(JSON.stringify({ ...report, ...failures }))).toThrow(
      "the load met failures",
    );
  });
});

test.each(["0", "-1", "1.5", "1e3", "1001", "many", ""])("%j is no count", (text) => {
  expect(() => parseCount(text)).toThrow("allowed is a whole number from 1 to 1000");
});

test("a count is read", () => {
  expect(parseCount("5")).toBe(5);
});
