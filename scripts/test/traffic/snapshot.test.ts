import { expect, test } from "vitest";
import { compareSnapshots, type Snapshot } from "../../src/traffic/snapshot.ts";

const pod = (uid: string, { app = "echo-backend-blue", restarts = 0, template = "t1" } = {}) => ({
  name: `pod-${uid}`,
  uid,
  restarts,
  template,
  app,
});
const snapshot = (pods: Snapshot["pods"], autoscaled: string[] = []): Snapshot => ({
  pods,
  autoscaled: new Set(autoscaled),
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
