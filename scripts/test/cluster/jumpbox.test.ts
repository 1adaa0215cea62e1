import { expect, test } from "vitest";
import { createKubectl } from "../../src/adapters/kubectl.ts";
import { createJumpbox } from "../../src/cluster/jumpbox.ts";
import { fixtureTool } from "../support/tools.ts";

const jumpbox = createJumpbox(createKubectl());
const running = '{"metadata":{},"status":{"phase":"Running"}}';
const leaving = '{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Running"}}';

test.each([
  ["was gone", 'Error from server (NotFound): pods "jumpbox" not found', 1],
  ["went in the middle", "command terminated with exit code 137", 137],
  ["went at the beginning", "error: Internal error occurred: error executing command in container", 1],
])("a command whose pod %s runs in one made anew", async (_how, stderr, exitCode) => {
  const calls = fixtureTool("kubectl", [
    { when: "exec", stderr, exitCode, once: true },
    { when: "exec", stdout: "here" },
  ]);
  expect(await jumpbox.exec(["curl", "a"])).toBe("here");
  expect(calls().map(({ args }) => args[0])).toEqual(["exec", "get", "run", "wait", "exec"]);
});

test("a command that fails in a pod that stands is not repeated", async () => {
  const calls = fixtureTool("kubectl", [
    { when: "exec", stderr: "curl: (7) refused", exitCode: 7 },
    { when: "get", stdout: running },
  ]);
  await expect(jumpbox.exec(["curl", "a"])).rejects.toThrow("curl: (7)");
  expect(calls().filter(({ args }) => args[0] === "exec")).toHaveLength(1);
});

test("a pod on its way out is waited for, and made anew", async () => {
  const calls = fixtureTool("kubectl", [{ when: "get", stdout: leaving, once: true }, { when: "get" }]);
  expect(await jumpbox.ensure()).toBe("created");
  expect(calls().map(({ args }) => args.find((word) => /^(get|run|--for)/.test(word)))).toEqual([
    "get",
    "--for=delete",
    "get",
    "run",
    "--for=condition=Ready",
  ]);
});

test("a pod that stands is left alone", async () => {
  fixtureTool("kubectl", [{ when: "get", stdout: running }]);
  expect(await jumpbox.ensure()).toBe("unchanged");
});
