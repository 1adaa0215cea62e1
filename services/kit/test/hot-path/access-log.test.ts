import * as fc from "fast-check";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { type AccessEntry, createAccessLog } from "../../src/hot-path/access-log.ts";
import { createAccessLog as createLibraryLog } from "./library/access-log.ts";

const BASE = { service: "echo", version: "1.0", color: "blue" };
const ENTRY = { method: "GET", url: "/a?b", status: 200, duration: 1.2345, requestId: "a.b-C_1:2" };
const TIME = /"time":"[^"]*"/;

/** The access log and the library's, each with the lines that it has written. */
function bothLogs(level = "info", base: Record<string, string> = BASE) {
  const lines: string[] = [];
  const libraryLines: string[] = [];
  const logger = pino(
    {
      level,
      base,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => void libraryLines.push(line) },
  );
  const log = createAccessLog(logger, base, { write: (line) => lines.push(line) });
  const libraryLog = createLibraryLog(logger);
  const write = (entry: AccessEntry) => {
    log(entry);
    libraryLog(entry);
  };
  return { lines, libraryLines, write };
}

const withoutTime = (lines: string[]) => lines.map((line) => line.replace(TIME, ""));

const entries = fc.record({
  method: fc.constantFrom("GET", "POST", "M-SEARCH"),
  url: fc.string({ unit: "binary" }),
  status: fc.integer({ min: 100, max: 599 }),
  duration: fc.double({ min: 0, max: 3_600_000, noNaN: true }),
  requestId: fc.stringMatching(/^[\w.:-]{1,128}$/),
  details: fc.option(
    fc.record(
      { trace_id: fc.stringMatching(/^[0-9a-f]{32}$/), error: fc.string({ unit: "binary" }) },
      { requiredKeys: [] },
    ),
    { nil: undefined },
  ),
});

describe("the access log", () => {
  test("writes the lines of pino, for any entry, level and base", () => {
    const levels = fc.constantFrom("trace", "info", "warn", "error", "silent");
    const bases = fc.constantFrom({}, { service: "echo" }, BASE);
    fc.assert(
      fc.property(entries, levels, bases, (entry, level, base) => {
        fc.pre(entry.details === undefined || Object.keys(entry.details).length > 0);
        const { lines, libraryLines, write } = bothLogs(level, base);
        write(entry);
        expect(withoutTime(lines)).toEqual(withoutTime(libraryLines));
      }),
      { numRuns: 2000 },
    );
  });

  test("writes the current time", () => {
    const { lines, write } = bothLogs();
    const before = Date.now();
    write(ENTRY);
    const { time }: { time: string } = JSON.parse(lines[0] ?? "");
    expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(time)).toBeLessThanOrEqual(Date.now());
  });

  test.each(['/","status":500}\n{"', "/\\", "/\u0000\u001F\u007F", "/\u2028é€\uD800", "*", ""])(
    "writes one line of JSON for the path %j",
    (url) => {
      const { lines, write } = bothLogs();
      write({ ...ENTRY, url });
      expect(lines[0]?.indexOf("\n")).toBe((lines[0]?.length ?? 0) - 1);
      expect(JSON.parse(lines[0] ?? "")).toMatchObject({ url, status: 200, requestId: ENTRY.requestId });
    },
  );

  test.each([
    ["info", 499, "info"],
    ["info", 500, "warn"],
    ["warn", 499, undefined],
    ["warn", 503, "warn"],
    ["error", 500, undefined],
    ["silent", 500, undefined],
  ])("at LOG_LEVEL %s, logs a status of %d as %s", (level, status, logged) => {
    const { lines, write } = bothLogs(level);
    write({ ...ENTRY, status });
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(logged === undefined ? [] : [logged]);
  });
});
