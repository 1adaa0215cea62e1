import * as v from "valibot";
import { expect, test } from "vitest";
import { createKubectl } from "../../src/adapters/kubectl.ts";
import { fixtureTool } from "../support/tools.ts";

const kubectl = createKubectl("kind");

test("an object that does not exist is found to be none", async () => {
  fixtureTool("kubectl", [{ when: "get pod a" }]);
  expect(await kubectl.find(v.object({}), ["pod", "a"])).toBeUndefined();
});

test("what was created already is told apart from what failed", async () => {
  fixtureTool("kubectl", [{ when: "create", stderr: "Error from server (AlreadyExists): …", exitCode: 1 }]);
  expect(await kubectl.create({})).toBe(false);
  fixtureTool("kubectl", [{ when: "create", stderr: "Error from server (Forbidden): …", exitCode: 1 }]);
  await expect(kubectl.create({})).rejects.toThrow("Forbidden");
});

test("a replacement that came too late is told apart from what failed", async () => {
  const calls = fixtureTool("kubectl", [
    { when: "replace", stderr: "Error from server (Conflict): …", exitCode: 1 },
  ]);
  expect(await kubectl.replace({ kind: "Lease" })).toBe(false);
  expect(calls()).toEqual([{ args: ["--context", "kind", "replace", "-f", "-"], stdin: '{"kind":"Lease"}' }]);
});

test("a command in a pod reaches it word for word", async () => {
  const calls = fixtureTool("kubectl", []);
  const command = ["echo", "a b", "$(c)", "--namespace", "x", ""];
  await kubectl.exec("default", "jumpbox", command);
  expect(calls()[0]?.args.slice(-command.length - 1)).toEqual(["--", ...command]);
});

test("a tool that is not there is said to be missing", async () => {
  fixtureTool("another", []);
  await expect(kubectl.clientVersion()).rejects.toMatchObject({ missing: true });
});
