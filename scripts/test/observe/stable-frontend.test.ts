import { expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { mainColor } from "../../src/observe/stable-frontend.ts";
import { fixtureTools } from "../support/tools.ts";

const route = (blue: number, green: number) => ({
  spec: {
    rules: [
      // A preview comes first, and has one backend.
      {
        matches: [{ headers: [{ name: "x-echo-preview", value: "blue" }] }],
        backendRefs: [{ name: "echo-frontend-blue", weight: 1 }],
      },
      {
        backendRefs: [
          { name: "echo-frontend-blue", weight: blue },
          { name: "echo-frontend-green", weight: green },
        ],
      },
    ],
  },
});
const selecting = (selector: object) => ({ spec: { type: "ClusterIP", selector } });
const ALIAS = { spec: { type: "ExternalName" } };

test.each([
  ["the colour that the Service selects", selecting({ color: "green" }), undefined, "green"],
  ["the colour with the greatest weight in mode gateway", ALIAS, route(25, 75), "green"],
  ["the colour with all the weight in mode gateway", ALIAS, route(100, 0), "blue"],
  ["none without a stable name", undefined, undefined, undefined],
])("the main colour of the frontend is %s", async (_what, service, httpRoute, expected) => {
  fixtureTools({
    kubectl: [
      { when: "get service echo-frontend", stdout: JSON.stringify(service) ?? "" },
      { when: "get httproutes", stdout: JSON.stringify(httpRoute) ?? "" },
    ],
  });
  expect(await mainColor(openCluster({}))).toBe(expected);
});
