import { ConfigError, parseConfig } from "@echo/kit";
import { expect, test } from "vitest";
import { backendSchema } from "../src/config.ts";

test("simulates no faults by default", () => {
  expect(parseConfig(backendSchema, {})).toMatchObject({
    FAILURE_RATE: 0,
    DELAY_MS: 0,
    DELAY_JITTER_MS: 0,
    FAULTS: "off",
  });
});

test.each([
  ["FAILURE_RATE", "100.1", "a number from 0 to 100, in percent"],
  ["FAILURE_RATE", "-1", "a number from 0 to 100, in percent"],
  ["FAILURE_RATE", "5%", "a number from 0 to 100, in percent"],
  ["DELAY_MS", "1.5", "a whole number from 0 to 3600000"],
  ["DELAY_JITTER_MS", "long", "a whole number from 0 to 3600000"],
  ["FAULTS", "true", "one of off, on"],
])("rejects %s=%s", (name, value, expected) => {
  expect(() => parseConfig(backendSchema, { [name]: value })).toThrow(
    new ConfigError(`Invalid ${name} "${value}": expected ${expected}`),
  );
});
