import { expect, test } from "vitest";
import { createKubectl } from "../../src/adapters/kubectl.ts";
import { createJumpbox } from "../../src/adapters/jumpbox.ts";
import { fixtureTool } from "../support/tools.ts";

const jumpbox = createJumpbox(createKubectl());
const running = '{"metadata":{},"status":{"phase":"Running"}}';
const terminating = '{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Running"}}';

test.each([
  ["is gone", 'Error from server (NotFound): pods "jumpbox" not found', 1],
  ["ends during it", "command terminated with exit code 137", 137],
  ["ends at its beginning", "error: Internal error occurred: error executing command in container", 1],
])("a command whose pod %s runs again in a new pod", async (_how, stderr, exitCode) => {
  const calls = fixtureTool("kubectl", [
    { when: "exec", stderr, exitCode, once: true },
    { when: "exec", stdout: "here" },
  ]);
  expect(await jumpbox.exec(["curl", "a"])).toBe("here");
  expect(calls().map(({ args }) => args[0])).toEqual(["exec", "get", "run", "wait", "exec"]);
});

test("a command that fails in a running pod is not repeated", async () => {
  const calls = fixtureTool("kubectl", [
    { when: "exec", stderr: "curl: (7) refused", exitCode: 7 },
    { when: "get", stdout: running },
  ]);
  await expect(jumpbox.exec(["curl", "a"])).rejects.toThrow("curl: (7)");
  expect(calls().filter(({ args }) => args[0] === "exec")).toHaveLength(1);
});

test("waits for a terminating pod, and recreates it", async () => {
  const calls = fixtureTool("kubectl", [{ when: "get", stdout: terminating, once: true }, { when: "get" }]);
  expect(await jumpbox.ensure()).toBe("created");
  expect(calls().map(({ args }) => args.find((word) => /^(get|run|--for)/.test(word)))).toEqual([
    "get",
    "--for=delete",
    "get",
    "run",
    "--for=condition=Ready",
  ]);
});

test("leaves a running pod alone", async () => {
  fixtureTool("kubectl", [{ when: "get", stdout: running }]);
  expect(await jumpbox.ensure()).toBe("unchanged");
});

test("a request that curl cannot send has no response, any other failure is an error", async () => {
  const curl = "curl: (7) Failed to connect to a port 80\ncommand terminated with exit code 7";
  fixtureTool("kubectl", [
    { when: "exec", stderr: curl, exitCode: 7 },
    { when: "get", stdout: running },
  ]);
  expect(await jumpbox.curl("http://a")).toBeUndefined();
  fixtureTool("kubectl", [
    { when: "exec", stderr: 'error: exec: "curl": executable file not found in $PATH', exitCode: 127 },
    { when: "get", stdout: running },
  ]);
  await expect(jumpbox.curl("http://a")).rejects.toThrow("executable file not found");
});
