import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { createAccessLog } from "../src/access-log.ts";

const BASE = { service: "echo", version: "1.0", color: "blue" };
const ENTRY = { method: "GET", url: "/a?b", status: 200, duration: 1.2345, requestId: "a.b-C_1:2" };

/** The lines of an access log, and of a pino logger that it stands beside. */
function logs(level = "info") {
  const access: string[] = [];
  const lines: string[] = [];
  const options = {
    level,
    base: BASE,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = pino(options, { write: (line) => void lines.push(line) });
  return {
    access,
    lines,
    logger,
    log: createAccessLog(logger, BASE, { write: (line) => access.push(line) }),
  };
}

describe("a request's line", () => {
  test("is the one that pino would write, members in the same order", () => {
    const { access, lines, logger, log } = logs();
    const more = { error: 'it said "no"\n', trace_id: "abc" };
    log({ ...ENTRY, more });
    logger.info({ ...ENTRY, duration: 1.235, ...more });
    const time = /"time":"[^"]*"/;
    expect(access[0]).toMatch(time);
    expect(access[0]?.replace(time, "")).toBe(lines[0]?.replace(time, ""));
    expect(Math.abs(Date.parse(JSON.parse(access[0] ?? "").time) - Date.now())).toBeLessThan(60_000);
  });

  test.each(['/","status":500}\n{"', "/\\", "/\u0000\u001F\u007F", "/\u2028é€\uD800", "*", ""])(
    "stays one line of JSON with the path %j",
    (url) => {
      const { access, log } = logs();
      log({ ...ENTRY, url });
      expect(access[0]?.indexOf("\n")).toBe((access[0]?.length ?? 0) - 1);
      expect(JSON.parse(access[0] ?? "")).toMatchObject({ url, status: 200, requestId: ENTRY.requestId });
    },
  );

  test.each([
    [0, 0],
    [0.0004, 0],
    [0.0006, 0.001],
    [0.12, 0.12],
    [7.0059, 7.006],
    [9.9996, 10],
    [3_600_000.5, 3_600_000.5],
  ])("has a duration of %d ms as %d", (duration, logged) => {
    const { access, log } = logs();
    log({ ...ENTRY, duration });
    expect(JSON.parse(access[0] ?? "").duration).toBe(logged);
  });

  test.each([
    ["info", 499, "info"],
    ["info", 500, "warn"],
    ["warn", 499, undefined],
    ["warn", 503, "warn"],
    ["error", 500, undefined],
    ["silent", 500, undefined],
  ])("at LOG_LEVEL %s, of a %d: %s", (level, status, logged) => {
    const { access, log } = logs(level);
    log({ ...ENTRY, status });
    expect(access.map((line) => JSON.parse(line).level)).toEqual(logged === undefined ? [] : [logged]);
  });
});
