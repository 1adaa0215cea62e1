import { describe, expect, test } from "vitest";
import { HISTORY_MAX } from "../../../src/domain/history.ts";
import {
  finishRecord,
  HISTORY,
  readHistory,
  readRecord,
  RECORD,
  UnreadableError,
  writeRecord,
} from "../../../src/traffic/lease/record.ts";
import { UNFINISHED } from "../../support/shift-record.ts";

const removal = (annotation: string) => `kubectl annotate lease echo-traffic ${annotation}-`;

test("is read as it was written", () => {
  expect(readRecord(writeRecord(UNFINISHED), removal)).toEqual(UNFINISHED);
});

test("of a lease without annotations, as an earlier release wrote it, is undefined", () => {
  expect(readRecord({ "echo-traffic/shift": "echo-backend: green to 100 %" }, removal)).toBeUndefined();
  expect(readHistory({}, removal)).toEqual([]);
});

test("has no character that controls a terminal", () => {
  const evil = { ...UNFINISHED, reason: "a\u001B[31mb", by: "x\u202Ey" };
  expect(readRecord(writeRecord(evil), removal)).toMatchObject({ reason: "a[31mb", by: "xy" });
});

describe("that is not readable", () => {
  test.each([
    ["no JSON", "{"],
    ["a missing field", JSON.stringify({ ...UNFINISHED, origin: undefined })],
    ["weights that do not add up", JSON.stringify({ ...UNFINISHED, origin: { blue: 100, green: 50 } })],
    ["a wrong type", "[]"],
  ])("is an error with a way out: %s", (_what, text) => {
    const read = () => readRecord({ [RECORD]: text }, removal);
    expect(read).toThrow(UnreadableError);
    expect(read).toThrow(/^The annotation echo-traffic\/record of the lease is not readable: /);
    expect(read).toThrow(/annotate lease echo-traffic echo-traffic\/record-$/);
  });

  test("as a history does not stop a shift", () => {
    const after = finishRecord(UNFINISHED, "done", { [HISTORY]: "{" });
    expect(JSON.parse(after[HISTORY])).toMatchObject([{ result: "done", by: "rival@elsewhere" }]);
  });
});

test("the history keeps the newest shifts", () => {
  let annotations = {};
  for (let index = 0; index < HISTORY_MAX + 3; index++)
    annotations = {
      [HISTORY]: finishRecord({ ...UNFINISHED, reason: `${index}` }, "done", annotations)[HISTORY],
    };
  const reasons = readHistory(annotations, removal).map(({ reason }) => reason);
  expect(reasons).toHaveLength(HISTORY_MAX);
  expect(reasons.at(-1)).toBe(`${HISTORY_MAX + 2}`);
});

test("a full history of long reasons fits the annotations of an object", () => {
  let annotations = {};
  const longest = { ...UNFINISHED, reason: "\u00E9".repeat(200) };
  for (let index = 0; index < HISTORY_MAX; index++)
    annotations = { [HISTORY]: finishRecord(longest, "interrupted", annotations)[HISTORY] };
  // The API server's limit for all annotations of an object.
  expect(Buffer.byteLength(JSON.stringify(annotations))).toBeLessThan(256 * 1024);
});
