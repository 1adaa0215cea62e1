import { expect, test } from "vitest";
import { parse } from "yaml";
import { startCommand } from "../support/command.ts";
import { fixtureTools } from "../support/tools.ts";

test.each([
  [["green"], { backend: { weights: { blue: 0, green: 100 } } }],
  [["--blue", "75"], { backend: { weights: { blue: 75, green: 25 } } }],
  [
    ["green", "--service", "echo-frontend"],
    { frontend: { enabled: true, weights: { blue: 0, green: 100 } } },
  ],
])("pnpm shift %j --print-values prints values, and calls no tool", async (args, values) => {
  const calls = fixtureTools({ helm: [], kubectl: [] });
  const { exitCode, stdout } = await startCommand("shift", ...args, "--print-values");
  expect(exitCode).toBe(0);
  expect(parse(stdout)).toEqual(values);
  expect(calls()).toEqual([]);
});
