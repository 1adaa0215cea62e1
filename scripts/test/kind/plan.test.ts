import { expect, test } from "vitest";
import { describeStep, type KindState, planDelete, planKind } from "../../src/kind/plan.ts";

const words = (state: KindState) => planKind(state).map(describeStep);
const connected = { running: true, networks: ["bridge", "kind"] };
const TRUST = `[host."http://echo-registry:5000"] in /etc/containerd/certs.d/localhost:5000/hosts.toml`;

test("a machine with nothing gets a registry, a cluster, and the way from one to the other", () => {
  expect(words({ registry: undefined, nodes: undefined })).toEqual([
    "Run the registry registry:3 as container echo-registry, at localhost:5000",
    "Create the kind cluster echo, and point the kubeconfig at it",
    "Connect the container echo-registry to the network kind",
    `Tell the node echo-control-plane where the registry is: ${TRUST}`,
  ]);
});

test("what stands is left alone", () => {
  expect(words({ registry: connected, nodes: ["echo-control-plane"] })).toEqual([
    "Point the kubeconfig at the kind cluster echo, which stands",
    `Tell the node echo-control-plane where the registry is: ${TRUST}`,
  ]);
});

test("a registry that was stopped is started again, with the images that it has", () => {
  const steps = planKind({ registry: { running: false, networks: ["kind"] }, nodes: undefined });
  expect(steps.map(({ kind }) => kind)).toEqual(["start registry", "create cluster", "write"]);
});

test("each node of a cluster of several learns where the registry is", () => {
  const steps = planKind({ registry: { running: true, networks: ["bridge"] }, nodes: ["a", "b"] });
  expect(steps).toMatchObject([
    { kind: "use cluster" },
    { kind: "connect", name: "echo-registry", network: "kind" },
    { kind: "write", node: "a" },
    { kind: "write", node: "b" },
  ]);
});

test("what is there is removed, and nothing else", () => {
  expect(planDelete({ registry: connected, nodes: ["echo-control-plane"] }).map(describeStep)).toEqual([
    "Delete the kind cluster echo, with all that runs in it",
    "Remove the container echo-registry, with all its images",
  ]);
  expect(planDelete({ registry: undefined, nodes: undefined })).toEqual([]);
});
