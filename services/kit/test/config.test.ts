import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { commonSettings, ConfigError, parseConfig, percent, urlOrNone } from "../src/config.ts";

const schema = v.object({ ...commonSettings, RATE: percent(0), TARGET: urlOrNone() });
const parse = (env: Record<string, string>) => parseConfig(schema, env);

function refusal(env: Record<string, string>): string {
  try {
    parse(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("was accepted");
}

test("without any variable, the defaults hold", () => {
  expect(parse({})).toEqual({
    PORT: 8080,
    ADMIN_PORT: 9090,
    LOG_LEVEL: "info",
    COLOR: "",
    DRAIN_MS: 0,
    SHUTDOWN_TIMEOUT_MS: 20_000,
    CONNECTION_MAX_AGE_MS: 0,
    MAX_IN_FLIGHT: 2000,
    RATE: 0,
    TARGET: undefined,
  });
});

test("an empty variable means the default, and blanks around a value are ignored", () => {
  expect(parse({ PORT: "", ADMIN_PORT: " 9999 " })).toMatchObject({ PORT: 8080, ADMIN_PORT: 9999 });
});

test("values are read as what they are", () => {
  const config = parse({ PORT: "80", RATE: "12.5", TARGET: "https://example.com/a?b", COLOR: "blue" });
  expect(config).toMatchObject({ PORT: 80, RATE: 12.5, COLOR: "blue" });
  expect(config.TARGET?.href).toBe("https://example.com/a?b");
});

test("the config cannot be changed", () => {
  expect(Object.isFrozen(parse({}))).toBe(true);
});

describe("a bad value is refused in one line that names the variable, the value and what is allowed", () => {
  test.each([
    ["PORT", "http", "a whole number from 0 to 65535"],
    ["PORT", "-1", "a whole number from 0 to 65535"],
    ["PORT", "65536", "a whole number from 0 to 65535"],
    ["PORT", "80.5", "a whole number from 0 to 65535"],
    ["PORT", "1e3", "a whole number from 0 to 65535"],
    ["DRAIN_MS", "3600001", "a whole number from 0 to 3600000"],
    ["LOG_LEVEL", "loud", "one of trace, debug, info, warn, error, fatal, silent"],
    ["COLOR", "Blue", "lower-case letters, digits and -, 63 at most"],
    ["COLOR", "a".repeat(64), "lower-case letters, digits and -, 63 at most"],
    ["RATE", "101", "a number from 0 to 100, in percent"],
    ["RATE", "NaN", "a number from 0 to 100, in percent"],
    ["RATE", "0x10", "a number from 0 to 100, in percent"],
    ["TARGET", "ftp://example.com", "none, or a URL that begins with http:// or https://"],
    ["TARGET", "example.com", "none, or a URL that begins with http:// or https://"],
  ])("%s=%s", (name, value, allowed) => {
    expect(refusal({ [name]: value })).toBe(`${name} is ${JSON.stringify(value)}, allowed is ${allowed}`);
  });

  test("with a new line in it", () => {
    expect(refusal({ COLOR: "a\nb" })).not.toContain("\n");
  });

  test("all bad ones at once", () => {
    expect(refusal({ PORT: "x", RATE: "y" })).toMatch(/^PORT is "x".*; RATE is "y"/);
  });
});

test("the two ports must differ, whether given or not", () => {
  expect(refusal({ PORT: "9090" })).toBe('ADMIN_PORT is "9090", allowed is a port other than PORT\'s');
  expect(refusal({ PORT: "7000", ADMIN_PORT: "7000" })).toContain("a port other than PORT's");
  expect(parse({ PORT: "0", ADMIN_PORT: "0" })).toMatchObject({ PORT: 0, ADMIN_PORT: 0 });
});
