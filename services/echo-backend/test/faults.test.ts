import { parseConfig } from "@echo/kit";
import { expect, test } from "vitest";
import { backendSchema } from "../src/config.ts";
import { createFaults } from "../src/faults.ts";

const MIN = 0;
const MAX = 1 - Number.EPSILON;

/** Faults for one value of `random`. */
function draw(env: Record<string, string>, random: number) {
  return createFaults(parseConfig(backendSchema, env), () => random);
}

test("a rate of 0 fails no request and a rate of 100 all, for any random number", () => {
  for (const random of [MIN, MAX]) {
    expect(draw({ FAILURE_RATE: "0" }, random).shouldFail()).toBe(false);
    expect(draw({ FAILURE_RATE: "100" }, random).shouldFail()).toBe(true);
  }
});

test("a delay is between DELAY_MS and DELAY_JITTER_MS more", () => {
  const env = { DELAY_MS: "20", DELAY_JITTER_MS: "40" };
  expect(draw(env, MIN).delayMs()).toBe(20);
  expect(draw(env, MAX).delayMs()).toBeCloseTo(60);
});

test("there is no delay by default", () => {
  expect(draw({}, MAX).hasDelay).toBe(false);
  expect(draw({ DELAY_JITTER_MS: "1" }, MAX).hasDelay).toBe(true);
});
