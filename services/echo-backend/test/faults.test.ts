import { parseConfig } from "@echo/kit";
import { expect, test } from "vitest";
import { backendSchema } from "../src/config.ts";
import { faults } from "../src/faults.ts";

const LEAST = 0;
const MOST = 1 - Number.EPSILON;

function draw(env: Record<string, string>, random: number) {
  return faults(parseConfig(backendSchema, env), () => random);
}

test("a rate of 0 fails no request and one of 100 each, whatever is drawn", () => {
  for (const random of [LEAST, MOST]) {
    expect(draw({ FAILURE_RATE: "0" }, random).fails()).toBe(false);
    expect(draw({ FAILURE_RATE: "100" }, random).fails()).toBe(true);
  }
});

test("a delay is DELAY_MS at least, and DELAY_JITTER_MS more at most", () => {
  const env = { DELAY_MS: "20", DELAY_JITTER_MS: "40" };
  expect(draw(env, LEAST).delay()).toBe(20);
  expect(draw(env, MOST).delay()).toBeCloseTo(60);
});

test("a delay of none is no wait at all", () => {
  expect(draw({}, MOST).everDelays).toBe(false);
  expect(draw({ DELAY_JITTER_MS: "1" }, MOST).everDelays).toBe(true);
});
