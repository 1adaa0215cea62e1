import { expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { nodePlatforms } from "../../src/adapters/nodes.ts";
import { fixtureTool } from "../support/tools.ts";

const node = (architecture: string, effect?: string, operatingSystem = "linux") => ({
  spec: effect === undefined ? {} : { taints: [{ key: "a", effect }] },
  status: { nodeInfo: { operatingSystem, architecture } },
});

/** The platforms of these nodes. */
function platformsOf(...items: object[]) {
  fixtureTool("kubectl", [{ when: "get nodes", stdout: JSON.stringify({ items }) }]);
  return nodePlatforms(openCluster({}).kubectl);
}

test("are those of all nodes, each once", async () => {
  expect(await platformsOf(node("arm64"), node("amd64"), node("arm64"))).toEqual([
    "linux/amd64",
    "linux/arm64",
  ]);
});

test("are not those of nodes that run none of the pods", async () => {
  const others = [
    node("arm64", "NoSchedule"),
    node("arm64", "NoExecute"),
    node("amd64", undefined, "windows"),
  ];
  expect(await platformsOf(...others, node("amd64", "PreferNoSchedule"))).toEqual(["linux/amd64"]);
});

test("are those of tainted nodes if there are no others", async () => {
  expect(await platformsOf(node("arm64", "NoSchedule"))).toEqual(["linux/arm64"]);
});

test("are unknown without a node, and without the right to list them", async () => {
  expect(await platformsOf()).toBeUndefined();
  const stderr =
    'Error from server (Forbidden): nodes is forbidden: User "student" cannot list resource "nodes" in API group "" at the cluster scope';
  fixtureTool("kubectl", [{ when: "get nodes", stderr, exitCode: 1 }]);
  expect(await nodePlatforms(openCluster({}).kubectl)).toBeUndefined();
});

test("are an error if the API server fails", async () => {
  fixtureTool("kubectl", [{ when: "get nodes", stderr: "Error from server: oops", exitCode: 1 }]);
  await expect(nodePlatforms(openCluster({}).kubectl)).rejects.toThrow("oops");
});
