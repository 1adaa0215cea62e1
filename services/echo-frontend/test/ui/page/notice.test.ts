import { expect, test } from "vitest";
import { noticeOf, type Progress } from "../../../src/ui/page/notice.ts";

const HOUR = 3_600_000;
const running = { paused: false, startedAt: HOUR, respondedAt: undefined, failedAt: undefined };
const at = (seconds: number) => HOUR + seconds * 1000;

test.each<[string, Partial<Progress>, string]>([
  ["before the first response", { now: at(1.9) }, "Waiting for the first response …"],
  ["if the first response does not arrive", { now: at(2) }, "No response for 2 s"],
  ["while responses arrive", { now: at(11.9), respondedAt: at(10) }, ""],
  ["2 s after the last response", { now: at(12), respondedAt: at(10) }, "No response for 2 s"],
  ["after a minute of silence", { now: at(70), respondedAt: at(10) }, "No response for 60 s"],
  [
    "after a network failure",
    { now: at(11), respondedAt: at(10), failedAt: at(10.1) },
    "Frontend unreachable. Is it still running?",
  ],
  ["after one failure among responses", { now: at(10.5), respondedAt: at(10), failedAt: at(10.1) }, ""],
  ["after a failure that is over", { now: at(11.5), respondedAt: at(10.2), failedAt: at(10.1) }, ""],
  ["while paused", { now: at(60), respondedAt: at(10), paused: true }, "Paused"],
  ["right after a pause", { now: at(61), respondedAt: at(10), startedAt: at(60) }, ""],
  [
    "after a pause, if no response arrives",
    { now: at(63), respondedAt: at(10), startedAt: at(60) },
    "No response for 3 s",
  ],
])("%s", (_when, progress, text) => {
  expect(noticeOf({ now: HOUR, ...running, ...progress }).text).toBe(text);
});
