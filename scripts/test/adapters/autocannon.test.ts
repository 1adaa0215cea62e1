import { expect, test } from "vitest";
import { parseAutocannon } from "../../src/adapters/autocannon.ts";

const report = {
  requests: { average: 24_010.4, total: 48_021 },
  latency: { p99: 3 },
  non2xx: 0,
  errors: 0,
};

test("parses a report of autocannon", () => {
  expect(parseAutocannon(JSON.stringify(report))).toEqual({
    requests: 48_021,
    requestsPerSecond: 24_010.4,
    p99Ms: 3,
  });
});

test.each([{ non2xx: 1 }, { errors: 1 }])("rejects a report of autocannon with failures: %j", (failures) => {
  expect(() => parseAutocannon(JSON.stringify({ ...report, ...failures }))).toThrow(
    "Requests failed under load",
  );
});
