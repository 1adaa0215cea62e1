import { expect, test } from "vitest";
import { writeRecord } from "../../src/traffic/lease/record.ts";
import { startCommand } from "../support/command.ts";
import { UNFINISHED } from "../support/shift-record.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

const list = (when: string, items: readonly object[]): Answer => ({
  when,
  stdout: JSON.stringify({ items }),
});
const inNamespace = (namespace: string, name: string, version = "") => ({
  name,
  namespace,
  labels: { "app.kubernetes.io/version": version },
});

function deployment(namespace: string, name: string, version: string, readyReplicas: number, replicas = 1) {
  return { metadata: inNamespace(namespace, name, version), spec: { replicas }, status: { readyReplicas } };
}

function service(namespace: string, spec: object) {
  return { metadata: inNamespace(namespace, "echo-backend"), spec };
}

function route(namespace: string, blue: number, green: number) {
  const backendRefs = [
    { name: "echo-backend-blue", weight: blue },
    { name: "echo-backend-green", weight: green },
  ];
  return {
    kind: "HTTPRoute",
    metadata: { ...inNamespace(namespace, "echo-backend"), generation: 1 },
    spec: { parentRefs: [], hostnames: [], rules: [{ backendRefs }] },
  };
}

function lease(namespace: string, annotations: object, holderIdentity = "") {
  const metadata = { ...inNamespace(namespace, "echo-traffic"), resourceVersion: "1", annotations };
  return {
    metadata,
    spec: { holderIdentity, renewTime: new Date().toISOString(), leaseDurationSeconds: 45 },
  };
}

function quota(namespace: string, used: Record<string, string>) {
  const hard = { pods: "16", "requests.cpu": "2", "services.nodeports": "0" };
  return { metadata: inNamespace(namespace, "echo-student"), spec: { hard }, status: { used } };
}

const NAMESPACES = list("get namespaces", [{ metadata: { name: "s2" } }, { metadata: { name: "s1" } }]);
const EMPTY = list("-o json", []);

/** @returns the cells of each line, and the calls to kubectl */
async function status(...answers: Answer[]) {
  const calls = fixtureTools({ helm: [], kubectl: [...answers, EMPTY] });
  const { exitCode, stdout, stderr } = await startCommand("status", "--all-namespaces");
  const lines = stdout.split("\n").map((line) => line.split(/ {2,}/));
  return { exitCode, stdout, stderr, lines, calls };
}

test("one line for each namespace shows its versions, pods, traffic, shift and quota", async () => {
  const paused = writeRecord({ ...UNFINISHED, state: "paused" });
  const crashed = writeRecord(UNFINISHED);
  const { exitCode, stderr, lines, calls } = await status(
    NAMESPACES,
    list("get deployments", [
      deployment("s1", "echo-backend-blue", "11.0", 1),
      deployment("s1", "echo-backend-green", "12.0", 0),
      deployment("s1", "echo-frontend-blue", "2.0", 3, 3),
      deployment("demos", "echo-backend-blue", "13.0", 2, 2),
    ]),
    list("get services", [
      service("s1", { type: "ExternalName" }),
      service("demos", { type: "ClusterIP", selector: { color: "blue" } }),
    ]),
    list("get httproutes", [route("s1", 75, 25)]),
    list("get leases", [lease("s1", paused), lease("s2", crashed), lease("demos", {}, "ada@host/1")]),
    list("get resourcequotas", [quota("s1", { pods: "4", "requests.cpu": "1500m" })]),
  );
  expect(exitCode, stderr).toBe(0);
  expect(lines).toEqual([
    ["NAMESPACE", "BLUE", "GREEN", "FRONTEND", "TRAFFIC", "SHIFT", "QUOTA"],
    ["demos", "13.0, 2/2 ready", "-", "-", "blue", "running", "-"],
    [
      ...["s1", "11.0, 1/1 ready", "12.0, 0/1 ready", "2.0, 3/3 ready"],
      ...["blue 75 %, green 25 %", "paused", "75 % of requests.cpu"],
    ],
    ["s2", "-", "-", "-", "-", "crashed", "-"],
  ]);
  const gets = calls().filter(({ args }) => args.includes("json"));
  expect(gets).toHaveLength(6);
});

test("a cluster without the Gateway API, and one without a class, are no errors", async () => {
  const stderr = `error: the server doesn't have a resource type "httproutes"`;
  const noRoutes = { when: "get httproutes", stderr, exitCode: 1 };
  expect((await status(NAMESPACES, noRoutes)).lines.map(([name]) => name)).toEqual(["NAMESPACE", "s1", "s2"]);
  expect((await status()).stdout).toBe(
    "No namespace has a release, or the label app.kubernetes.io/part-of=echo. See docs/classroom.md.",
  );
});

test("a user without rights in all namespaces is refused, with the rights that are missing", async () => {
  const refused = { when: "--validate=false", stdout: "false\n".repeat(20) };
  const groups = JSON.stringify({ groups: [{ name: "apps" }, { name: "coordination.k8s.io" }] });
  const { exitCode, stderr } = await status(refused, { when: "--raw /apis", stdout: groups });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    "this user lacks rights in all namespaces: list namespaces; list deployments.apps; list services; list leases.coordination.k8s.io; list resourcequotas",
  );
  expect(stderr).toContain("such as an administrator");
});
