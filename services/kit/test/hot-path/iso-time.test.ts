import * as fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { isoTime } from "../../src/hot-path/iso-time.ts";
import { isoTime as libraryIsoTime } from "./library/iso-time.ts";

test("formats the time as pino does, at any sequence of times", () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const time = fc.oneof(
    fc.integer({ min: 1, max: 8.64e15 }),
    fc.integer({ min: 1_764_000_000_000, max: 1_764_000_000_003 }),
  );
  fc.assert(
    fc.property(fc.array(time), (times) => {
      for (const now of times) {
        vi.setSystemTime(now);
        expect(isoTime()).toBe(libraryIsoTime());
      }
    }),
  );
});
