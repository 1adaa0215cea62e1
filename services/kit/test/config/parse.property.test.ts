import * as fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { commonSettings } from "../../src/config/common.ts";
import { ConfigError, parseConfig } from "../../src/config/parse.ts";
import { milliseconds, percent, urlOrNone } from "../../src/config/settings.ts";

const settings = { ...commonSettings, RATE: percent(0), PAUSE_MS: milliseconds(1, 1), TARGET: urlOrNone() };
const schema = v.object(settings);
type Env = Record<string, string>;
type Config = v.InferOutput<typeof schema>;

/** The config, or the error message for invalid settings. Any other error fails the test. */
function parse(env: Env) {
  try {
    return { config: parseConfig(schema, env), message: "" };
  } catch (error) {
    if (error instanceof ConfigError) return { config: undefined, message: error.message };
    throw error;
  }
}

const name = fc.constantFrom(...Object.keys(settings));
const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.integer().map(String),
  fc.double().map(String),
  fc.webUrl(),
  fc.constantFrom(
    "none",
    "info",
    "blue",
    "0",
    "65535",
    "3600000",
    "1e3",
    "0x10",
    "-0",
    "٣",
    "http://",
    "__proto__",
  ),
);

/** Whether a config is within the limits of its settings. */
function isWithinLimits(config: Config): boolean {
  const numbers = Object.values(config).filter((setting) => typeof setting === "number");
  const distinctPorts = config.PORT === 0 || config.PORT !== config.ADMIN_PORT;
  return (
    numbers.every((number) => Number.isFinite(number) && number >= 0) && config.RATE <= 100 && distinctPorts
  );
}

/** Whether a message is one line that names a setting. */
function isClear(message: string): boolean {
  const [, setting = ""] = /^Invalid (\w+) ".*": expected .+$/.exec(message) ?? [];
  return Object.hasOwn(settings, setting);
}

test("parses any environment, or rejects it in one line that names the setting", () => {
  const results = { parsed: 0, rejected: 0 };
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(name, fc.string()), value), (env) => {
      const { config, message } = parse(env);
      results[config ? "parsed" : "rejected"]++;
      expect(config ? isWithinLimits(config) : isClear(message)).toBe(true);
    }),
    { numRuns: 5000 },
  );
  expect(Math.min(results.parsed, results.rejected)).toBeGreaterThan(500);
});

test("a variable changes no other setting", () => {
  const defaults = parse({}).config;
  fc.assert(
    fc.property(name, value, (key, text) => {
      const { config = defaults } = parse({ [key]: text });
      expect({ ...config, [key]: undefined }).toEqual({ ...defaults, [key]: undefined });
    }),
    { numRuns: 2000 },
  );
});

const wholeNumbers = [
  ["PORT", 0, 65_535],
  ["DRAIN_MS", 0, 3_600_000],
  ["MAX_IN_FLIGHT", 1, 1_000_000],
  ["PAUSE_MS", 1, 3_600_000],
] as const;

test.each(wholeNumbers)(
  "%s accepts a whole number from %d to %d with blanks around it, and nothing else",
  (key, min, max) => {
    const blanks = fc.stringMatching(/^[ \t]{0,3}$/);
    fc.assert(
      fc.property(fc.integer({ min, max }), blanks, blanks, (number, before, after) => {
        // The ports must differ, and this is the default of the other one.
        fc.pre(number !== 9090);
        expect(parse({ [key]: `${before}${number}${after}` }).config).toMatchObject({ [key]: number });
      }),
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ max: min - 1 }), fc.integer({ min: max + 1 }), fc.double()),
        (number) => {
          fc.pre(!Number.isInteger(number) || number < min || number > max);
          expect(parse({ [key]: String(number) }).message).toContain(`Invalid ${key} "${number}": expected`);
        },
      ),
    );
  },
);

test("a share in percent becomes the same number", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), (hundredths) => {
      const text = (hundredths / 100).toFixed(2);
      expect(parse({ RATE: text }).config?.RATE).toBe(Number(text));
    }),
  );
});
