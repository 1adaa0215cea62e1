import { expect, test } from "vitest";
import { parseWrk } from "../../src/adapters/wrk.ts";

/** A report in the format of wrk 4.1.0. */
function report({ p99 = "1.21ms", failures = "" } = {}): string {
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

test.each([
  ["1.21ms", 1.21],
  ["980.00us", 0.98],
  // wrk pads a unit of one letter.
  ["1.05s ", 1050],
])("parses a report of wrk with a p99 of %s", (p99, p99Ms) => {
  expect(parseWrk(report({ p99 }))).toEqual({
    requests: 127_956,
    requestsPerSecond: 60_930.47,
    p99Ms,
    rejected: 0,
  });
});

test("counts the responses that are not 2xx", () => {
  expect(parseWrk(report({ failures: "  Non-2xx or 3xx responses: 12\n" }))).toMatchObject({ rejected: 12 });
});

test("rejects a report of wrk with failed connections", () => {
  const failures = "  Socket errors: connect 0, read 3, write 0, timeout 0\n";
  expect(() => parseWrk(report({ failures }))).toThrow(`Requests failed under load: ${failures.trim()}`);
});

test("rejects output of wrk that is not a report", () => {
  expect(() => parseWrk("unable to connect")).toThrow(
    "Invalid report of wrk: expected requests, a rate and a p99.\nunable to connect",
  );
});
