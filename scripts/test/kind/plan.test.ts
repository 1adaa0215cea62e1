import { expect, test } from "vitest";
import { type KindState, planDelete, planKind } from "../../src/kind/plan.ts";

const words = (state: KindState) => planKind(state).map(({ title }) => title);
const connected = { running: true, networks: ["bridge", "kind"] };
const TRUST = `[host."http://echo-registry:5000"] in /etc/containerd/certs.d/localhost:5000/hosts.toml`;

test("an empty machine gets a registry, a cluster, and the connection between them", () => {
  expect(words({ registry: undefined, nodes: undefined })).toEqual([
    "Run the registry registry:3 as container echo-registry, at localhost:5000",
    "Create the kind cluster echo, and point the kubeconfig at it",
    "Connect the container echo-registry to the network kind",
    `Point the node echo-control-plane at the registry: ${TRUST}`,
  ]);
});

test("what exists is left alone", () => {
  expect(words({ registry: connected, nodes: ["echo-control-plane"] })).toEqual([
    "Point the kubeconfig at the kind cluster echo, which already exists",
    `Point the node echo-control-plane at the registry: ${TRUST}`,
  ]);
});

test("a stopped registry is restarted, with its images", () => {
  expect(words({ registry: { running: false, networks: ["kind"] }, nodes: undefined })).toEqual([
    "Restart the container echo-registry",
    "Create the kind cluster echo, and point the kubeconfig at it",
    `Point the node echo-control-plane at the registry: ${TRUST}`,
  ]);
});

test("each node of a larger cluster is pointed at the registry", () => {
  expect(words({ registry: { running: true, networks: ["bridge"] }, nodes: ["a", "b"] })).toEqual([
    "Point the kubeconfig at the kind cluster echo, which already exists",
    "Connect the container echo-registry to the network kind",
    `Point the node a at the registry: ${TRUST}`,
    `Point the node b at the registry: ${TRUST}`,
  ]);
});

test("removes what exists, and nothing else", () => {
  const state = { registry: connected, nodes: ["echo-control-plane"] };
  expect(planDelete(state).map(({ title }) => title)).toEqual([
    "Delete the kind cluster echo, with everything in it",
    "Remove the container echo-registry, with all its images",
  ]);
  expect(planDelete({ registry: undefined, nodes: undefined })).toEqual([]);
});
