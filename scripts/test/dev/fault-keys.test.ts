import { expect, test } from "vitest";
import { createFaultKeys, type LocalFaults } from "../../src/dev/fault-keys.ts";
import type { Color } from "../../src/domain/color.ts";
import { type Faults, NO_FAULTS } from "../../src/domain/fault.ts";
import { allOn, colorWithLess, weightsOf } from "../../src/domain/weights.ts";
import { UserError } from "../../src/lib/errors.ts";

/** Backends in memory. A dead one throws. */
function start(dead?: Color) {
  const state: Record<Color, Faults> = { blue: NO_FAULTS, green: NO_FAULTS };
  const faults: LocalFaults = {
    read: async (color) => {
      if (color === dead) throw new UserError("No faults.");
      return state[color];
    },
    set: async (color, next) => (state[color] = next),
  };
  const said: string[] = [];
  const press = createFaultKeys(faults, (message) => void said.push(message));
  return { state, said, press };
}

test("each press sets the next value, after the last one none again, and keeps the other faults", async () => {
  const { state, said, press } = start();
  await press("green", "delayMs");
  // Without waiting for each other, as a finger does.
  await Promise.all(Array.from({ length: 4 }, () => press("green", "errors")));
  expect(said).toEqual([
    "Faults of green: delay 200 ms",
    "Faults of green: 20 % errors, delay 200 ms",
    "Faults of green: 50 % errors, delay 200 ms",
    "Faults of green: 100 % errors, delay 200 ms",
    "Faults of green: delay 200 ms",
  ]);
  expect(state).toEqual({ blue: NO_FAULTS, green: { ...NO_FAULTS, delayMs: 200 } });
});

test("a value of pnpm fault is followed by the next larger one", async () => {
  const { state, press } = start();
  state.green = { ...NO_FAULTS, errors: 30, jitterMs: 7 };
  await press("green", "errors");
  expect(state.green).toEqual({ ...NO_FAULTS, errors: 50, jitterMs: 7 });
});

test("a colour that does not run is a message, and the next key works", async () => {
  const { said, press } = start("green");
  await press("green", "errors");
  await press("blue", "errors");
  expect(said).toEqual([
    "green does not respond at its admin port. The key r restarts a service that has ended.",
    "Faults of blue: 20 % errors",
  ]);
});

test("the colour with less traffic is green if both have the same", () => {
  expect(colorWithLess(allOn("blue"))).toBe("green");
  expect(colorWithLess(allOn("green"))).toBe("blue");
  expect(colorWithLess(weightsOf("green", 60))).toBe("blue");
  expect(colorWithLess(weightsOf("green", 50))).toBe("green");
});
