import { expect, test } from "vitest";
import { diffManifests } from "../../src/traffic/dry-run.ts";

const route = (blue: number, green: number) => `---
kind: HTTPRoute
metadata:
  name: "echo-backend"
  labels:
    name: other
spec:
  rules:
    - name: echo-backend-blue
      weight: ${blue}
    - name: echo-backend-green
      weight: ${green}
---
kind: Service
metadata:
  name: echo-backend
`;

test("a diff has the changed lines of each object, with its kind and name", () => {
  expect(diffManifests(route(100, 0), route(75, 25))).toEqual([
    "HTTPRoute/echo-backend",
    "    rules:",
    "      - name: echo-backend-blue",
    "-       weight: 100",
    "+       weight: 75",
    "      - name: echo-backend-green",
    "-       weight: 0",
    "+       weight: 25",
  ]);
});

test("a diff of equal manifests is empty", () => {
  expect(diffManifests(route(75, 25), route(75, 25))).toEqual([]);
});

test("a diff shows an object that is new, or gone", () => {
  const one = "---\nkind: Service\nmetadata:\n  name: a\n";
  expect(diffManifests("", one)[0]).toBe("Service/a");
  expect(diffManifests(one, "")).toContain("- kind: Service");
});
