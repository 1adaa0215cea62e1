import { expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { checkRights } from "../../src/adapters/rights.ts";
import { fixtureTool } from "../support/tools.ts";

const ROUTES = "httproutes.gateway.networking.k8s.io";
const apis = (...names: string[]) => JSON.stringify({ groups: names.map((name) => ({ name })) });

test("asks for all rights in one call, by verb, group, resource and namespace", async () => {
  const calls = fixtureTool("kubectl", [{ when: "create", stdout: "true\ntrue\ntrue\ntrue\ntrue\ntrue" }]);
  const rights = { "deployments.apps": ["list"] };
  expect(await checkRights(openCluster({}), { rights, usesJumpbox: true })).toBeUndefined();
  expect(calls()).toHaveLength(1);
  const { items } = JSON.parse(calls()[0]?.stdin ?? "");
  const attributes = items.map(
    (item: { spec: { resourceAttributes: object } }) => item.spec.resourceAttributes,
  );
  expect(attributes[0]).toEqual({
    ...{ namespace: "demos", verb: "list", group: "apps", resource: "deployments", subresource: "" },
  });
  expect(attributes).toContainEqual({
    ...{ namespace: "default", verb: "create", group: "", resource: "pods", subresource: "exec" },
  });
});

test("names each missing right with its namespace, and what to do next", async () => {
  fixtureTool("kubectl", [{ when: "create", stdout: "true\nfalse\nfalse\nfalse\ntrue\ntrue\ntrue\nfalse" }]);
  const rights = { secrets: ["get", "list", "create"] };
  expect(await checkRights(openCluster({}), { rights, usesJumpbox: true })).toEqual({
    problem: [
      "this user lacks rights in namespace demos: list, create secrets",
      "this user lacks rights in namespace default: get pods; create pods/exec",
    ].join("\n    "),
    remedy:
      "Use a namespace of yours (--namespace or ECHO_NAMESPACE), or ask for the Role in docs/classroom/role.yaml: see docs/classroom.md.",
  });
});

test.each([
  ["is missing if the cluster has its API", apis("apps", "gateway.networking.k8s.io"), ROUTES],
  ["is not needed on a cluster without its API", apis("apps"), undefined],
])("a right on routes %s", async (_what, stdout, named) => {
  fixtureTool("kubectl", [
    { when: "create", stdout: "false" },
    { when: "--raw /apis", stdout },
  ]);
  const problem = await checkRights(openCluster({}), { rights: { [ROUTES]: ["list"] }, usesJumpbox: false });
  expect(problem?.problem).toBe(named && `this user lacks rights in namespace demos: list ${named}`);
});

const NEEDS = { rights: { secrets: ["get"] }, usesJumpbox: false };

test("a missing right is found although the API server is away for a moment", async () => {
  const stderr = "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host?";
  fixtureTool("kubectl", [
    { when: "create", stderr, exitCode: 1, once: true },
    { when: "create", stdout: "false" },
  ]);
  expect(await checkRights(openCluster({}), NEEDS)).toMatchObject({
    problem: "this user lacks rights in namespace demos: get secrets",
  });
});

test("an API server that cannot tell is an error, not a permission", async () => {
  const stderr =
    "Error from server (Timeout): the server was unable to return a response in the time allotted";
  fixtureTool("kubectl", [{ when: "create", stderr, exitCode: 1 }]);
  await expect(checkRights(openCluster({}), NEEDS)).rejects.toThrow(stderr);
});

test("a user who may not ask for the rights is not refused", async () => {
  const stderr = "Error from server (Forbidden): selfsubjectaccessreviews is forbidden";
  fixtureTool("kubectl", [{ when: "create", stderr, exitCode: 1 }]);
  expect(await checkRights(openCluster({}), NEEDS)).toBeUndefined();
});
