import { expect, test } from "vitest";
import { startCommand } from "../support/command.ts";
import { fixtureTools } from "../support/tools.ts";

test.each([
  [
    ["echo", "-n", "hi"],
    ["echo", "-n", "hi"],
  ],
  [
    ["--", "echo", "-n", "hi"],
    ["echo", "-n", "hi"],
  ],
  [
    ["-n", "other", "curl", "--context", "x"],
    ["curl", "--context", "x"],
  ],
  [
    ["-n", "other", "--", "ls", "--help"],
    ["ls", "--help"],
  ],
  [
    ["bash", "-c", "true", "--", "-n"],
    ["bash", "-c", "true", "--", "-n"],
  ],
])("pnpm jumpbox %j leaves the command its own options", async (args, command) => {
  const calls = fixtureTools({
    helm: [],
    kubectl: [
      { when: "get pod jumpbox", stdout: '{"metadata":{},"status":{"phase":"Running"}}' },
      { when: "version", stdout: '{"gitVersion":"v1.34.0"}' },
    ],
  });
  const { exitCode, stderr } = await startCommand("jumpbox", ...args);
  expect(exitCode, stderr).toBe(0);
  const exec = calls().find(({ args: [verb] }) => verb === "exec");
  expect(exec?.args).toEqual(["exec", "-n", "default", "jumpbox", "--", ...command]);
});
