import { expect, test } from "vitest";
import { KnownFaults } from "../../src/dev/known-faults.ts";
import type { Color } from "../../src/domain/color.ts";
import { type Faults, NO_FAULTS } from "../../src/domain/fault.ts";
import { UserError } from "../../src/lib/errors.ts";

const FAILING = { ...NO_FAULTS, errors: 20 };

test("a change by another process is known after the next update, and a dead colour has no faults", async () => {
  const state: Record<Color, Faults | undefined> = { blue: NO_FAULTS, green: FAILING };
  const known = new KnownFaults(async (color) => {
    const faults = state[color];
    if (!faults) throw new UserError("It does not run.");
    return faults;
  });
  expect(known.of("green")).toBeUndefined();
  await known.update();
  expect([known.of("blue"), known.of("green")]).toEqual([NO_FAULTS, FAILING]);
  Object.assign(state, { blue: FAILING, green: undefined });
  await known.update();
  expect([known.of("blue"), known.of("green")]).toEqual([FAILING, undefined]);
});

test("follows the faults until it is aborted", async () => {
  const end = new AbortController();
  let updates = 0;
  const known = new KnownFaults(async () => {
    updates++;
    return updates > 6 ? FAILING : NO_FAULTS;
  });
  const following = known.follow(end.signal, 1);
  await expect.poll(() => known.of("green")).toEqual(FAILING);
  end.abort();
  await following;
  const last = updates;
  await new Promise(setImmediate);
  expect(updates).toBe(last);
});
