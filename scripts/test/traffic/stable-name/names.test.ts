import { expect, test } from "vitest";
import { leadsTo } from "../../../src/traffic/stable-name/names.ts";

const CLUSTER = { namespace: "demos", clusterDomain: "cluster.local" };

test.each([
  "http://echo-backend",
  "http://echo-backend/",
  "http://echo-backend:80/path?a=b",
  "http://echo-backend.:8080",
  "http://echo-backend.demos",
  "http://echo-backend.demos:80",
  "http://echo-backend.demos.svc/",
  "http://echo-backend.demos.svc.cluster.local",
  "http://echo-backend.demos.svc.cluster.local.:80/",
  "HTTP://Echo-Backend.Demos",
])("a frontend with the backend %s is behind the stable name", (backend) => {
  expect(leadsTo(backend, "echo-backend", CLUSTER)).toBe(true);
});

test.each([
  "none",
  "",
  "http://echo-backend-blue",
  "http://echo-backend.another",
  "http://echo-backend.demos.svc.another.domain",
  "http://demos.echo-backend",
  "http://10.96.0.1",
])("a frontend with the backend %j is not behind the stable name", (backend) => {
  expect(leadsTo(backend, "echo-backend", CLUSTER)).toBe(false);
});

test("the domain of the cluster is part of the longest form", () => {
  const cluster = { namespace: "demos", clusterDomain: "corp.example" };
  expect(leadsTo("http://echo-backend.demos.svc.corp.example", "echo-backend", cluster)).toBe(true);
});
