import { expect, test } from "vitest";
import { openCluster } from "../../../src/adapters/cluster.ts";
import { readLiveWeights } from "../../../src/traffic/stable-name/live-weights.ts";
import { fixtureTools } from "../../support/tools.ts";

const accepted = (reason = "True") => ({
  parentRef: { name: "echo-traffic" },
  conditions: ["Accepted", "ResolvedRefs"].map((type) => ({ type, status: reason, reason: "Any" })),
});
const backends = (blue: number, green: number) => [
  { name: "echo-backend-blue", weight: blue },
  { name: "echo-backend-green", weight: green },
];

function route(rules: object[], parents: object[] = [accepted()]) {
  return {
    kind: "HTTPRoute",
    metadata: { name: "echo-backend", namespace: "demos", generation: 2 },
    spec: { parentRefs: [{ name: "echo-traffic" }], hostnames: ["echo-backend"], rules },
    status: { parents },
  };
}

/** What kubectl prints of an object, or without one. */
function printed(object: object | undefined): string {
  return object ? JSON.stringify(object) : "";
}

/** What a cluster with these objects has. */
function read(service?: object, httpRoute?: object) {
  fixtureTools({
    kubectl: [
      { when: "get service echo-backend", stdout: printed(service) },
      { when: "get httproutes.gateway.networking.k8s.io echo-backend", stdout: printed(httpRoute) },
    ],
  });
  return readLiveWeights("echo-backend", openCluster({}));
}

const ALIAS = { spec: { type: "ExternalName" } };

test("a Service has all weight on the colour that it selects", async () => {
  const service = { spec: { type: "ClusterIP", selector: { color: "green" } } };
  expect(await read(service)).toEqual({ weights: { blue: 0, green: 100 }, problem: undefined });
});

test("a route has the weights of its backends, in percent", async () => {
  expect(await read(ALIAS, route([{ backendRefs: backends(3, 1) }]))).toEqual({
    weights: { blue: 75, green: 25 },
    problem: undefined,
  });
});

test("a rule for a header has no say in the weights", async () => {
  const preview = {
    matches: [{ headers: [{ name: "x-echo-preview", value: "green" }] }],
    backendRefs: [{ name: "echo-backend-green", weight: 1 }],
  };
  const found = await read(ALIAS, route([preview, { matches: [{}], backendRefs: backends(90, 10) }]));
  expect(found.weights).toEqual({ blue: 90, green: 10 });
});

test("a route that its controller rejects has a problem", async () => {
  const found = await read(ALIAS, route([{ backendRefs: backends(1, 1) }], [accepted("False")]));
  expect(found).toMatchObject({
    weights: { blue: 50, green: 50 },
    problem: expect.stringContaining("False"),
  });
});

test.each([
  ["no stable name", undefined, undefined],
  ["no route", ALIAS, undefined],
  ["a selector without a colour", { spec: { selector: { app: "other" } } }, undefined],
  ["other backends", ALIAS, route([{ backendRefs: [{ name: "other" }] }])],
])("a cluster with %s has no weights", async (_what, service, httpRoute) => {
  expect((await read(service, httpRoute)).weights).toBeUndefined();
});
