import { describe, expect, test } from "vitest";
import { openCluster } from "../../../src/adapters/cluster.ts";
import {
  compareSnapshots,
  describeSnapshot,
  type Snapshot,
  takeSnapshot,
} from "../../../src/traffic/place/snapshot.ts";
import { fixtureTools } from "../../support/tools.ts";

const object = (kind: string, name: string, spec: object = {}, generation = 1, owner = "") => ({
  kind,
  metadata: {
    ...{ name, uid: `${kind} ${name}`, generation, labels: {} },
    ownerReferences: owner === "" ? [] : [{ kind: "Deployment", name: owner }],
  },
  spec: { ...spec },
});
const autoscaler = (name: string) =>
  object("HorizontalPodAutoscaler", name, { scaleTargetRef: { kind: "Deployment", name } });
const pod = (uid: string, { app = "echo-backend-blue", restarts = 0, template = "t1" } = {}) => ({
  name: `pod-${uid}`,
  uid,
  restarts,
  template,
  app,
});
const snapshot = (pods: Snapshot["pods"], autoscaled: string[] = []): Snapshot => ({
  pods,
  objects: autoscaled.map(autoscaler),
});

test("the same pods have not changed", () => {
  expect(compareSnapshots(snapshot([pod("1"), pod("2")]), snapshot([pod("2"), pod("1")]))).toEqual({
    moved: [],
    scaled: [],
  });
});

test.each([
  ["restarted", [pod("1", { restarts: 1 })], ["pod pod-1 was restarted"]],
  ["gone", [], ["pod pod-1 is gone"]],
  ["replaced", [pod("2")], ["pod pod-1 is gone", "pod pod-2 is new"]],
])("a pod that is %s has changed", (_what, after, moved) => {
  expect(compareSnapshots(snapshot([pod("1")]), snapshot(after))).toEqual({ moved, scaled: [] });
});

test("pods that an autoscaler added or removed are listed apart, unless their template changed", () => {
  const autoscaled = ["echo-backend-blue"];
  const before = snapshot([pod("1")], autoscaled);
  expect(compareSnapshots(before, snapshot([pod("1"), pod("2")], autoscaled))).toEqual({
    moved: [],
    scaled: ["pod pod-2 is new"],
  });
  expect(
    compareSnapshots(before, snapshot([pod("1"), pod("2", { template: "t2" })], autoscaled)).moved,
  ).toEqual(["pod pod-2 is new"]);
});

const compare = (before: Snapshot["objects"], after: Snapshot["objects"]) =>
  compareSnapshots({ pods: [], objects: before }, { pods: [], objects: after });

describe("the objects of the namespace", () => {
  const deployment = (spec: object, generation = 1) => object("Deployment", "a", spec, generation);
  test.each([
    ["another spec", [deployment({ paused: true }, 2)], ["Deployment a has another spec: paused"]],
    // Somebody has changed the spec and changed it back.
    ["another generation", [deployment({}, 3)], ["Deployment a has generation 3, before 1"]],
    ["another number of pods", [deployment({ replicas: 2 }, 2)], ["Deployment a has another spec: replicas"]],
    ["disappeared", [], ["Deployment a is gone"]],
    ["a new neighbour", [deployment({}), object("Service", "b")], ["Service b is new"]],
  ])("have changed if one has %s", (_what, after, moved) => {
    expect(compare([deployment({})], after)).toEqual({ moved, scaled: [] });
  });

  test("have not changed if only an autoscaler has scaled its workload", () => {
    const at = (replicas: number, generation: number) => [
      autoscaler("a"),
      deployment({ replicas }, generation),
      object("ReplicaSet", "a-1", { replicas }, generation, "a"),
    ];
    expect(compare(at(1, 1), at(3, 2))).toEqual({
      moved: [],
      scaled: ["Deployment a has another spec: replicas", "ReplicaSet a-1 has another spec: replicas"],
    });
    const template = deployment({ replicas: 3, template: {} }, 2);
    expect(compare(at(1, 1), [autoscaler("a"), template, ...at(3, 2).slice(2)]).moved).toEqual([
      "Deployment a has another spec: replicas, template",
    ]);
  });

  test("include all kinds of the namespace, without those of echo-traffic", async () => {
    const own = {
      ...object("Service", "echo-backend"),
      metadata: { name: "echo-backend", uid: "1", labels: { "app.kubernetes.io/name": "echo-traffic" } },
    };
    const calls = fixtureTools({
      kubectl: [
        { when: "get pods", stdout: '{"items":[]}' },
        {
          when: "get httproutes",
          stderr: 'error: the server doesn\'t have a resource type "httproutes"',
          exitCode: 1,
        },
        {
          when: "get",
          stdout: JSON.stringify({
            items: [own, object("Service", "a"), object("Ingress", "b"), object("Ingress", "c")],
          }),
        },
      ],
    });
    const taken = await takeSnapshot(openCluster({}));
    expect(taken.objects.map(({ metadata }) => metadata.name)).toEqual(["a", "b", "c"]);
    expect(describeSnapshot(taken)).toBe(
      "the UIDs, restarts and templates of 0 pods, and the specs and generations of 2 Ingresses, 1 Service",
    );
    expect(calls().flatMap(({ args }) => args)).toContain(
      "deployments,replicasets,services,ingresses,horizontalpodautoscalers",
    );
  });
});
