import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { commonSettings } from "../../src/config/common.ts";
import { ConfigError, parseConfig } from "../../src/config/parse.ts";
import { percent, urlOrNone } from "../../src/config/settings.ts";

const schema = v.object({ ...commonSettings, RATE: percent(0), TARGET: urlOrNone() });
const parse = (env: Record<string, string>) => parseConfig(schema, env);

/** The message of the error for invalid settings. */
function messageFor(env: Record<string, string>): string {
  try {
    parse(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the settings were accepted");
}

test("has the defaults if no variable is set", () => {
  expect(parse({})).toEqual({
    PORT: 8080,
    ADMIN_PORT: 9090,
    LISTEN_ADDRESS: "",
    LOG_LEVEL: "info",
    COLOR: "",
    DRAIN_MS: 0,
    SHUTDOWN_TIMEOUT_MS: 20_000,
    CONNECTION_MAX_AGE_MS: 0,
    MAX_IN_FLIGHT: 2000,
    MAX_CONNECTIONS: 2000,
    RATE: 0,
    TARGET: undefined,
  });
});

test("reads an empty variable as the default, and ignores blanks around a value", () => {
  expect(parse({ PORT: "", ADMIN_PORT: " 9999 " })).toMatchObject({ PORT: 8080, ADMIN_PORT: 9999 });
});

test("converts values to their types", () => {
  const config = parse({ PORT: "80", RATE: "12.5", TARGET: "https://example.com/a?b", COLOR: "blue" });
  expect(config).toMatchObject({ PORT: 80, RATE: 12.5, COLOR: "blue" });
  expect(config.TARGET?.href).toBe("https://example.com/a?b");
});

test("returns a frozen config", () => {
  expect(Object.isFrozen(parse({}))).toBe(true);
});

describe("rejects an invalid value in one line, with the variable, the value and what is expected", () => {
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
    [
      "TARGET",
      "ftp://example.com",
      "none, or a URL that begins with http:// or https://, without user and password",
    ],
    [
      "TARGET",
      "example.com",
      "none, or a URL that begins with http:// or https://, without user and password",
    ],
  ])("%s=%s", (name, value, expected) => {
    expect(messageFor({ [name]: value })).toBe(
      `Invalid ${name} ${JSON.stringify(value)}: expected ${expected}`,
    );
  });

  test("with a line break in it", () => {
    expect(messageFor({ COLOR: "a\nb" })).not.toContain("\n");
  });

  test("and all invalid values in the same line", () => {
    expect(messageFor({ PORT: "x", RATE: "y" })).toMatch(/^Invalid PORT "x".*; Invalid RATE "y"/);
  });
});

test("the two ports must differ, whether they are set or not", () => {
  expect(messageFor({ PORT: "9090" })).toBe('Invalid ADMIN_PORT "9090": expected a port other than PORT\'s');
  expect(messageFor({ PORT: "7000", ADMIN_PORT: "7000" })).toContain("a port other than PORT's");
  expect(parse({ PORT: "0", ADMIN_PORT: "0" })).toMatchObject({ PORT: 0, ADMIN_PORT: 0 });
});
