import { expect, test, vi } from "vitest";
import { startCommand } from "../support/command.ts";
import { fixtureTools } from "../support/tools.ts";

const TOOLS = {
  helm: [],
  kubectl: [{ when: "get pod jumpbox", stdout: '{"metadata":{},"status":{"phase":"Running"}}' }],
};

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
  const calls = fixtureTools(TOOLS);
  const { exitCode, stderr } = await startCommand("jumpbox", ...args);
  expect(exitCode, stderr).toBe(0);
  const exec = calls().find(({ args: [verb] }) => verb === "exec");
  expect(exec?.args.slice(exec.args.indexOf("jumpbox"))).toEqual(["jumpbox", "--", ...command]);
});

test.each([
  ["default", "by default", {}, []],
  ["s1", "with ECHO_NAMESPACE", { ECHO_NAMESPACE: "s1" }, []],
  ["s2", "with --namespace, whatever ECHO_NAMESPACE says", { ECHO_NAMESPACE: "s1" }, ["-n", "s2"]],
  ["demos", "with the default namespace by name", {}, ["-n", "demos"]],
  ["default", "with an empty ECHO_NAMESPACE", { ECHO_NAMESPACE: "" }, []],
])("the jumpbox is in the namespace %s %s", async (namespace, _when, variables, args) => {
  const calls = fixtureTools(TOOLS);
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const { exitCode, stderr } = await startCommand("jumpbox", ...args);
  expect(exitCode, stderr).toBe(0);
  const ofJumpbox = calls().filter(({ args: [verb] }) => verb === "exec" || verb === "wait");
  expect(ofJumpbox).toHaveLength(2);
  for (const call of ofJumpbox) expect(call.args.join(" ")).toContain(`-n ${namespace} `);
});

/** The URLs of `pnpm jumpbox` without a command. */
async function urlsWith(...args: string[]) {
  const calls = fixtureTools(TOOLS);
  await startCommand("jumpbox", ...args);
  return calls()
    .find(({ args: [verb] }) => verb === "exec")
    ?.args.filter((word) => word.startsWith("http://"));
}

test("the services are in the jumpbox's namespace, unless that is the default one", async () => {
  expect(await urlsWith("-n", "s1")).toEqual([
    "http://echo-backend-blue.s1.svc.cluster.local:80",
    "http://echo-backend-green.s1.svc.cluster.local:80",
  ]);
  expect((await urlsWith())?.[0]).toBe("http://echo-backend-blue.demos.svc.cluster.local:80");
});

test("an invalid ECHO_NAMESPACE is an error before any call, also for a subcommand", async () => {
  const calls = fixtureTools(TOOLS);
  vi.stubEnv("ECHO_NAMESPACE", "Student_1");
  const { exitCode, stderr } = await startCommand("shift", "status");
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Invalid ECHO_NAMESPACE "Student_1": expected at most 63 lower-case letters');
  expect(calls()).toEqual([]);
});

test("ECHO_NAMESPACE does not disturb a command that uses no cluster", async () => {
  vi.stubEnv("ECHO_NAMESPACE", "Student_1");
  const { stderr } = await startCommand("cluster:kind", "--dry-run");
  expect(stderr).not.toContain("ECHO_NAMESPACE");
});
