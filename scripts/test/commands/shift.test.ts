import { expect, test } from "vitest";
import { readTarget } from "../../src/commands/shift.ts";
import { fixtureTools } from "../support/tools.ts";
import { startCommand } from "../support/command.ts";

test("the target is a colour or a share", () => {
  expect(readTarget("green", {})).toEqual({ color: "green", percent: 100 });
  expect(readTarget(undefined, { green: 25 })).toEqual({ color: "green", percent: 25 });
  expect(readTarget(undefined, { blue: 0 })).toEqual({ color: "blue", percent: 0 });
});

test.each([
  [undefined, {}],
  ["green", { blue: 5 }],
  [undefined, { blue: 5, green: 5 }],
] as const)("no target, or more than one, is rejected: %s %o", (color, shares) => {
  expect(() => readTarget(color, shares)).toThrow("Invalid target: expected exactly one colour");
});

test.each([
  [["red"], 'Invalid colour "red": expected blue or green.'],
  [["--green", "101"], 'Invalid --green "101": expected a whole number from 0 to 100.'],
  [["--green", "25", "--steps", "5,25"], "--steps needs a colour: pnpm shift green --steps 5,25,50,100"],
  [["green", "--interval", "1h"], 'Invalid --interval "1h": expected'],
  [["green", "--on-interrupt", "x"], 'Invalid --on-interrupt "x": expected restore or hold.'],
  [
    ["green", "--steps", "100", "--prometheus", "localhost:9090"],
    'Invalid --prometheus "localhost:9090": expected a URL that begins with http:// or https://, without user and password.',
  ],
  [
    ["green", "--steps", "100", "--prometheus", "http://a", "--min-requests", "0"],
    'Invalid --min-requests "0": expected a whole number from 1 to 1000000.',
  ],
  [["green", "--min-ready", "0"], 'Invalid --min-ready "0": expected a whole number from 1 to 1000.'],
  [["mode", "x"], 'Invalid mode "x": expected service or gateway.'],
  [
    ["green", "--reason", ""],
    'Invalid --reason "": expected 1 to 200 characters without control characters.',
  ],
  [["green", "--steps", "pause,100"], 'Invalid --steps "pause,100": expected rising percentages'],
])("pnpm shift %j is rejected before any tool is called", async (args, message) => {
  const calls = fixtureTools({ helm: [], kubectl: [] });
  const { exitCode, stderr } = await startCommand("shift", ...args);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(message);
  expect(calls()).toEqual([]);
});
