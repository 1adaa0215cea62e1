import { expect, test } from "vitest";
import { formatLog, isShown } from "../../src/dev/log.ts";

const common = { time: "2026-01-02T03:04:05.006Z", service: "echo-frontend", version: "2.0", color: "blue" };

test("a request is a sentence, followed by its other fields", () => {
  const request = { method: "GET", url: "/a?b", status: 502, duration: 1.5 };
  const rest = { requestId: "abc", trace_id: "0af7", span_id: "b7ad", error: "refused" };
  const line = JSON.stringify({ level: "warn", ...common, ...request, ...rest });
  expect(formatLog("frontend", line)).toMatch(/^frontend \[\d\d:\d\d:\d\d\] WARN: GET \/a\?b 502 1\.5 ms /);
  expect(formatLog("frontend", line)).toContain(JSON.stringify(rest));
});

test("an event is its message, followed by its fields", () => {
  const fields = { port: 8080, metadataUrl: "http://x" };
  const line = JSON.stringify({ level: "info", ...common, ...fields, msg: "listening" });
  expect(formatLog("blue", line)).toMatch(/^blue {5}\[\d\d:\d\d:\d\d\] INFO: listening /);
  expect(formatLog("blue", line)).toContain(JSON.stringify(fields));
});

test("text that is not JSON stays as it is", () => {
  expect(formatLog("green", "a warning of node's")).toBe("green    a warning of node's");
});

test("a request cannot send control characters to the terminal", () => {
  const request = { method: "GET", url: "/\u009b2J\u001b]0;owned\u0007", status: 200, duration: 1 };
  const line = JSON.stringify({ level: "info", ...common, ...request, requestId: "\u202eabc" });
  expect(formatLog("blue", line)).toContain("GET /2J]0;owned 200 1 ms");
  expect(formatLog("blue", line)).toContain('"requestId":"abc"');
  expect(formatLog("blue", "a warning\u001b[2J")).toBe("blue     a warning[2J");
});

const request = { ...common, method: "GET", url: "/", status: 200, duration: 1, requestId: "abc" };

test.each([
  ["a request", { level: "info", ...request }, false],
  ["a failed request", { level: "warn", ...request, status: 500 }, true],
  ["a failed request of a level above", { level: "error", ...request }, true],
  ["an event", { level: "info", ...common, msg: "listening" }, true],
  ["a warning", { level: "warn", ...common, msg: "log lines were dropped" }, true],
])("%s is shown without the requests: %j %j", (_what, line, shown) => {
  expect(isShown(JSON.stringify(line), false)).toBe(shown);
  expect(isShown(JSON.stringify(line), true)).toBe(true);
});

test("text that is not JSON is always shown, and a shift's sample never", () => {
  expect(isShown("a warning of node's", false)).toBe(true);
  const sample = JSON.stringify({ level: "info", ...request, requestId: "sample" });
  expect([isShown(sample, false), isShown(sample, true)]).toEqual([false, false]);
});
