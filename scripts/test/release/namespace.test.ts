import { expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { checkNamespace, ensureNamespace } from "../../src/release/namespace.ts";
import { fixtureTool } from "../support/tools.ts";

const FORBIDDEN = 'Error from server (Forbidden): namespaces "s1" is forbidden: User "a" cannot get it';
const cluster = openCluster({ namespace: "s1" });

test("a missing namespace that the user may not create is a problem", async () => {
  fixtureTool("kubectl", [{ when: "create", stdout: "false" }]);
  expect(await checkNamespace(cluster)).toEqual({
    problem: "the namespace s1 does not exist, and this user may not create it",
    remedy: "Use a namespace of yours: --namespace or ECHO_NAMESPACE.",
  });
});

test("a missing namespace is found although the API server is away for a moment", async () => {
  const stderr = "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host?";
  fixtureTool("kubectl", [
    { when: "get", stderr, exitCode: 1, once: true },
    { when: "create", stdout: "false" },
  ]);
  expect(await checkNamespace(cluster)).toMatchObject({ problem: expect.stringContaining("does not exist") });
});

test("a missing namespace that the user may create is created", async () => {
  const calls = fixtureTool("kubectl", [{ when: "create", stdout: "true" }]);
  expect(await checkNamespace(cluster)).toBeUndefined();
  await ensureNamespace(cluster);
  expect(JSON.parse(calls().at(-1)?.stdin ?? "")).toMatchObject({
    kind: "Namespace",
    metadata: { name: "s1" },
  });
});

test.each([
  ["that exists", { when: "get", stdout: "namespace/s1" }],
  ["that the user must not read", { when: "get", stderr: FORBIDDEN, exitCode: 1 }],
])("a namespace %s is used as it is", async (_which, answer) => {
  const calls = fixtureTool("kubectl", [answer]);
  expect(await checkNamespace(cluster)).toBeUndefined();
  await ensureNamespace(cluster);
  expect(calls().filter(({ args }) => args.includes("create"))).toEqual([]);
});
