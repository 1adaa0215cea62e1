import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  backend,
  color,
  duration,
  durationBetween,
  httpUrl,
  image,
  type Kind,
  limit,
  namespace,
  parse,
  percent,
  port,
  registry,
  remark,
  steps,
  version,
  wholeNumber,
} from "../../src/lib/arguments.ts";

test.each<[Kind<unknown>, string, unknown]>([
  [color, "green", "green"],
  [percent, "0", 0],
  [percent, "100", 100],
  [port, "65535", 65_535],
  [wholeNumber(1, 300), "300", 300],
  [limit, "1.5", 1.5],
  [steps, "5, 25,50,100", [5, 25, 50, 100]],
  [duration, "500ms", 500],
  [duration, "10s", 10_000],
  [duration, "2m", 120_000],
  [durationBetween("1s", "60m"), "1s", 1000],
  [durationBetween("1s", "60m"), "60m", 3_600_000],
  [namespace, "demos-2", "demos-2"],
  [version, "13.0-rc.1_a", "13.0-rc.1_a"],
  [version, "1".repeat(63), "1".repeat(63)],
  [registry, "localhost:5000/team/", "localhost:5000/team"],
  [registry, "registry.example//", "registry.example"],
  [image, "mirror.example:5000/a/nginx:1.29", "mirror.example:5000/a/nginx:1.29"],
  [image, `nginx@sha256:${"a".repeat(64)}`, `nginx@sha256:${"a".repeat(64)}`],
  [httpUrl, "http://echo/?a=[1-2]", "http://echo/?a=[1-2]"],
  [backend, "none", "none"],
  [backend, "https://echo", "https://echo"],
])("an argument that has to be $expected: reads %j", (kind, text, value) => {
  expect(kind.read(text)).toEqual(value);
});

test.each<[Kind<unknown>, string[]]>([
  [color, ["red", "Blue", ""]],
  [percent, ["101", "2.5", "-1", "", " 5", "1e1"]],
  [port, ["65536", "-1", "http", ""]],
  [wholeNumber(1, 300), ["0", "301", "1.5", "-1", "many", ""]],
  [limit, ["-1", "1%", "", "Infinity", "9".repeat(400)]],
  [steps, ["50,20", "0,50", "5,5", "5,,10", "a", "50,101", ""]],
  [duration, ["10", "s", "1h", "-1s", "1.5s", ""]],
  [durationBetween("1s", "60m"), ["999ms", "61m", "0s"]],
  [namespace, ["", "-x", "x-", "A", "a b", "a/b", "a".repeat(64)]],
  [version, ["", "13.0-", ".13", "-x", "13/0", "13:0", "13@sha256", "13,0", "1 3", "é", "1".repeat(64)]],
  [registry, ["", "-x", "https://registry.example", "a b", "localhost:5000/$(id)", "/"]],
  [image, ["", "--overrides={}", "https://registry.example/nginx", "a b", "$(id)"]],
  [httpUrl, ["localhost:8080", "ftp://echo", ""]],
  [backend, ["--help", "nothing"]],
])("an argument that has to be $expected: rejects %j", (kind, texts) => {
  expect(texts.map((text) => kind.read(text))).toEqual(texts.map(() => undefined));
});

describe("the error of an invalid argument", () => {
  test.each<[string, Kind<unknown>, string, string]>([
    ["colour", color, "red", 'Invalid colour "red": expected blue or green.'],
    [
      "--interval",
      duration,
      "x",
      'Invalid --interval "x": expected a whole number with ms, s or m, such as 10s.',
    ],
    ["--green", percent, "101", 'Invalid --green "101": expected a whole number from 0 to 100.'],
    [
      "--steps",
      steps,
      "9,5",
      'Invalid --steps "9,5": expected rising percentages from 1 to 100, with pause between them if wanted, such as 5,25,pause,100.',
    ],
  ])("names %s, its value and what is expected", (what, kind, text, message) => {
    expect(() => parse(what, kind, text)).toThrow(message);
  });
});

test.each([
  ["http://user:secret@host", "http://…@host"],
  ["https://secret@host/path", "https://…@host/path"],
  ["http://user:sec/ret@host:x", "http://…@host:x"],
  ["user:secret@host:5000", "…@host:5000"],
  ["http://a b:secret@host\n@x", "http://…@x"],
])("the error of %j does not repeat its user and password", (text, rest) => {
  for (const kind of [httpUrl, backend, registry])
    expect(() => parse("URL", kind, text)).toThrow(`Invalid URL ${JSON.stringify(rest)}: expected`);
});

const typed = fc.oneof(
  fc.string(),
  fc.integer().map(String),
  fc.double().map(String),
  fc.stringMatching(/^[\d.,smh%-]{0,20}$/),
  fc.bigInt({ min: 0n, max: 10n ** 400n }).map(String),
);

test.each<[Kind<number> | typeof steps, number, number]>([
  [percent, 0, 100],
  [steps, 1, 100],
  [duration, 0, 999_999 * 60_000],
  [limit, 0, Number.MAX_VALUE],
])("any text is read within the bounds of $expected, or rejected", (kind, min, max) => {
  fc.assert(
    fc.property(typed, (text) => {
      for (const number of [kind.read(text) ?? []].flat().filter((value) => value !== "pause")) {
        expect(number).toBeGreaterThanOrEqual(min);
        expect(number).toBeLessThanOrEqual(max);
      }
    }),
    { numRuns: 2000 },
  );
});

test("steps can have a pause between two shares", () => {
  expect(steps.read("5,25,pause,100")).toEqual([5, 25, "pause", 100]);
});

test.each(["pause", "pause,100", "5,pause", "5,pause,pause,100", "5,pause,5", "5,,100"])(
  "steps are rejected if a pause is not between two rising shares: %s",
  (text) => {
    expect(steps.read(text)).toBeUndefined();
  },
);

test.each([
  ["a new version", true],
  ["x".repeat(200), true],
  ["", false],
  [" ", false],
  ["x".repeat(201), false],
  ["two\nlines", false],
  ["\u001B[31m", false],
  ["\u202Eright to left", false],
])("a reason fits one line: %j is %s", (text, valid) => {
  expect(remark.read(text)).toBe(valid ? text : undefined);
});
