import * as v from "valibot";
import { expect, test } from "vitest";
import { createKubectl } from "../../src/adapters/kubectl.ts";
import { fixtureTool } from "../support/tools.ts";

const kubectl = createKubectl({ context: "kind" });

test("an object that does not exist is undefined", async () => {
  fixtureTool("kubectl", [{ when: "get pod a" }]);
  expect(await kubectl.find(v.object({}), ["pod", "a"])).toBeUndefined();
});

test("an object that already exists is not an error, any other failure is", async () => {
  fixtureTool("kubectl", [{ when: "create", stderr: "Error from server (AlreadyExists): …", exitCode: 1 }]);
  expect(await kubectl.create({})).toBeUndefined();
  const stderr = 'Error from server (Forbidden): quota "AlreadyExists" exceeded';
  fixtureTool("kubectl", [{ when: "create", stderr, exitCode: 1 }]);
  await expect(kubectl.create({})).rejects.toThrow("Forbidden");
});

test.each(["Conflict", "NotFound"])("a replacement that ends in %s is not an error", async (reason) => {
  const stderr = `Error from server (${reason}): …`;
  const calls = fixtureTool("kubectl", [{ when: "replace", stderr, exitCode: 1 }]);
  expect(await kubectl.replace({ kind: "Lease" })).toBeUndefined();
  const output = "--output=jsonpath={.metadata.resourceVersion}";
  expect(calls()).toEqual([
    { args: ["--context", "kind", "replace", "-f", "-", output], stdin: '{"kind":"Lease"}' },
  ]);
});

test("a replacement returns the new version, and any other failure is an error", async () => {
  fixtureTool("kubectl", [{ when: "replace", stdout: "8" }]);
  expect(await kubectl.replace({})).toBe("8");
  fixtureTool("kubectl", [{ when: "replace", stderr: 'error: "Conflict" is not valid', exitCode: 1 }]);
  await expect(kubectl.replace({})).rejects.toThrow("is not valid");
});

test("passes a command to a pod word for word", async () => {
  const calls = fixtureTool("kubectl", []);
  const command = ["echo", "a b", "$(c)", "--namespace", "x", ""];
  await kubectl.exec("default", "jumpbox", command);
  expect(calls()[0]?.args.slice(-command.length - 1)).toEqual(["--", ...command]);
});

test("a tool that is not installed is reported as missing", async () => {
  fixtureTool("another", []);
  await expect(kubectl.clientVersion()).rejects.toMatchObject({ missing: true });
});
